using MhcPipeline.Constraints.Parsing;

namespace MhcPipeline.Constraints.Json;

/// <summary>An array or an object.</summary>
internal abstract class ContainerNode : Node
{
    /// <summary>How many arrays and objects in one another the smallest one takes.</summary>
    public int Height { get; private set; } = ValueNode.Impossible;

    /// <summary>Looks at the parts again.</summary>
    public int Measure() => Height = Math.Min(ValueNode.Impossible, HeightOfParts() + 1);

    /// <summary>Lets go of parts that no value can have.</summary>
    public abstract void Prune();

    /// <summary>The height of the tallest part that must be there.</summary>
    protected abstract int HeightOfParts();

    /// <summary>How many more arrays and objects may be opened inside a value of this one.</summary>
    protected static int Room(Frame frame, Closure closure) => closure.MaxDepth - frame.Depth;
}
