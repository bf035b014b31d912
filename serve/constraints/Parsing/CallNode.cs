namespace MhcPipeline.Constraints.Parsing;

/// <summary>A rule, and what comes after it.</summary>
/// <param name="rule">The rule.</param>
/// <param name="next">What comes after it.</param>
internal sealed class CallNode(Node rule, Node next) : Node
{
    public override void Expand(Frame? stack, Closure closure) => closure.Expand(rule, next is EndNode ? stack : new Frame(this, 0, null, stack));

    public override void Resume(Frame frame, Closure closure) => closure.Expand(next, frame.Parent);
}
