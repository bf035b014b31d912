using MhcPipeline.Constraints.Parsing;

namespace MhcPipeline.Constraints.Json;

/// <summary>A value: one of several kinds.</summary>
internal sealed class ValueNode : Node
{
    /// <summary>The height of a value that does not exist.</summary>
    public const int Impossible = int.MaxValue / 2;

    /// <summary>Strings, numbers, words.</summary>
    public List<Node> Scalars { get; } = [];

    /// <summary>Arrays and objects.</summary>
    public List<ContainerNode> Containers { get; } = [];

    /// <summary>How many arrays and objects in one another the smallest value takes.</summary>
    public int Height { get; private set; } = Impossible;

    /// <summary>Whether there is a value.</summary>
    public bool IsPossible => Height < Impossible;

    /// <summary>Looks at the parts again; heights only fall.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Measure()
    {
        int height = Scalars.Count > 0 ? 0 : Containers.Select(container => container.Measure()).DefaultIfEmpty(Impossible).Min();
        if (height >= Height)
            return false;
        Height = height;
        return true;
    }

    /// <summary>Lets go of what no value can have.</summary>
    public void Prune()
    {
        foreach (ContainerNode container in Containers)
            container.Measure();
        Containers.RemoveAll(container => container.Height >= Impossible);
        foreach (ContainerNode container in Containers)
            container.Prune();
    }

    public override void Expand(Frame? stack, Closure closure)
    {
        foreach (Node scalar in Scalars)
            closure.Expand(scalar, stack);
        foreach (ContainerNode container in Containers)
        {
            if ((stack?.Depth ?? 0) + container.Height <= closure.MaxDepth)
                closure.Expand(container, stack);
        }
    }
}
