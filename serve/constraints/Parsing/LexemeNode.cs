using MhcPipeline.Constraints.Lexing;

namespace MhcPipeline.Constraints.Parsing;

/// <summary>One lexeme, and what comes after it.</summary>
internal sealed class LexemeNode : Node
{
    private readonly LexState _start;
    private readonly After _after;

    /// <summary>Makes the node.</summary>
    /// <param name="start">The lexeme.</param>
    /// <param name="next">What comes after it; null for the end of the rule.</param>
    /// <param name="minLength">The fewest code points of the string.</param>
    /// <param name="maxLength">The most.</param>
    public LexemeNode(LexState start, Node? next = null, int minLength = 0, int maxLength = int.MaxValue)
    {
        _start = start;
        _after = new After(next, minLength, maxLength);
    }

    public override void Expand(Frame? stack, Closure closure) => closure.Add(_start, _after, stack);

    private sealed class After(Node? next, int min, int max) : Goal
    {
        public override int MinLength => min;

        public override int MaxLength => max;

        public override void Complete(int tag, Frame? stack, Closure closure)
        {
            if (next is null)
                closure.Return(stack);
            else
                closure.Expand(next, stack);
        }
    }
}
