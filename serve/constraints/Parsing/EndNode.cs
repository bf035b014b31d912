namespace MhcPipeline.Constraints.Parsing;

/// <summary>The end of a rule.</summary>
internal sealed class EndNode : Node
{
    public static EndNode Instance { get; } = new();

    public override void Expand(Frame? stack, Closure closure) => closure.Return(stack);
}
