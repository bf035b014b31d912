using MhcPipeline.Constraints.Lexing;
using MhcPipeline.Core;

namespace MhcPipeline.Constraints.Parsing;

/// <summary>Collects all lexemes that may come next, each once.</summary>
/// <param name="limits">How much is too much.</param>
internal sealed class Closure(ParseLimits limits)
{
    private const int Few = 8; // up to here a list is compared one by one, which is most closures

    private readonly List<Route> _routes = new(4);
    private readonly List<(Node, Frame?)> _expanded = new(4);
    private HashSet<Route>? _manyRoutes;
    private HashSet<(Node, Frame?)>? _manyExpanded;
    private int _depth;

    public IReadOnlyList<Route> Routes => _routes;

    /// <summary>Whether the whole text may end here.</summary>
    public bool CanEnd { get; private set; }

    /// <summary>How many arrays and objects may be open at once.</summary>
    public int MaxDepth => limits.MaxDepth;

    /// <summary>A lexeme may begin.</summary>
    public void Add(LexState start, Goal goal, Frame? stack) => Add(new Route(start, goal.IsCounted ? -1 : 0, goal, stack));

    /// <summary>A lexeme may go on.</summary>
    public void Add(Route route)
    {
        if (!IsNew(route, _routes, ref _manyRoutes))
            return;
        if (_routes.Count > limits.MaxRoutes)
            throw new PipelineException($"The grammar is so ambiguous that a text can be understood in more than {limits.MaxRoutes} ways at once; make its alternatives differ earlier.");
    }

    /// <summary>What a node may begin with.</summary>
    public void Expand(Node node, Frame? stack)
    {
        if (!IsNew((node, stack), _expanded, ref _manyExpanded))
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

    private static bool IsNew<T>(T one, List<T> list, ref HashSet<T>? many)
        where T : IEquatable<T>
    {
        if (list.Count < Few)
        {
            if (list.Contains(one))
                return false;
        }
        else
        {
            many ??= [.. list];
            if (!many.Add(one))
                return false;
        }
        list.Add(one);
        return true;
    }
}
