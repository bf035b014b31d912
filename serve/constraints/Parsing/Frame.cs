namespace MhcPipeline.Constraints.Parsing;

/// <summary>An entry of a stack: a place in the grammar to go on at. Immutable; stacks share what lies below.</summary>
internal sealed class Frame : IEquatable<Frame>
{
    private readonly int _hash;

    public Frame(Node node, int count, IProgress? progress, Frame? parent, bool nests = false)
    {
        Node = node;
        Count = count;
        Progress = progress;
        Parent = parent;
        Depth = (parent?.Depth ?? 0) + (nests ? 1 : 0);
        _hash = HashCode.Combine(node.GetHashCode(), count, progress, parent?._hash ?? 0);
    }

    public Node Node { get; }

    /// <summary>Repetitions so far.</summary>
    public int Count { get; }

    /// <summary>What else the node keeps apart from the automaton.</summary>
    public IProgress? Progress { get; }

    public Frame? Parent { get; }

    /// <summary>How many arrays and objects are open.</summary>
    public int Depth { get; }

    public bool Equals(Frame? other)
    {
        Frame? mine = this;
        while (!ReferenceEquals(mine, other))
        {
            if (mine is null || other is null || mine._hash != other._hash || mine.Node != other.Node || mine.Count != other.Count || !Equals(mine.Progress, other.Progress))
                return false;
            mine = mine.Parent;
            other = other.Parent;
        }
        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as Frame);

    public override int GetHashCode() => _hash;
}
