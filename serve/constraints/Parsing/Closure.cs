using MhcPipeline.Constraints.Lexing;
using MhcPipeline.Core;

namespace MhcPipeline.Constraints.Parsing;

/// <summary>Collects all lexemes that may come next, each once.</summary>
/// <param name="limits">How much is too much.</param>
internal sealed class Closure(ParseLimits limits)
{
    private readonly HashSet<Route> _routes = [];
    private readonly HashSet<(Node, Frame?)> _expanded = [];
    private int _depth;

    public IReadOnlyCollection<Route> Routes => _routes;

    /// <summary>Whether the whole text may end here.</summary>
    public bool CanEnd { get; private set; }

    /// <summary>How many arrays and objects may be open at once.</summary>
    public int MaxDepth => limits.MaxDepth;

    /// <summary>A lexeme may begin.</summary>
    public void Add(LexState start, Goal goal, Frame? stack) => Add(new Route(start, goal.IsCounted ? -1 : 0, goal, stack));

    /// <summary>A lexeme may go on.</summary>
    public void Add(Route route)
    {
        _routes.Add(route);
        if (_routes.Count > limits.MaxRoutes)
            throw new PipelineException($"The grammar is so ambiguous that a text can be understood in more than {limits.MaxRoutes} ways at once; make its alternatives differ earlier.");
    }

    /// <summary>What a node may begin with.</summary>
    public void Expand(Node node, Frame? stack)
    {
        if (!_expanded.Add((node, stack)))
            return;
        if (++_depth > limits.MaxExpansion)
            throw new PipelineException($"The grammar's rules call one another more than {limits.MaxExpansion} deep without reading anything; make them shorter.");
        node.Expand(stack, this);
        _depth--;
    }

    /// <summary>The topmost place has come to its end.</summary>
    public void Return(Frame? stack)
    {
        if (stack is null)
            CanEnd = true;
        else
            stack.Node.Resume(stack, this);
    }
}
