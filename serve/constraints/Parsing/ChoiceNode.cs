namespace MhcPipeline.Constraints.Parsing;

/// <summary>Any of several places. The list may be filled after the node is in use elsewhere, which is how rules call themselves.</summary>
internal sealed class ChoiceNode : Node
{
    public List<Node> Alternatives { get; } = [];

    public override void Expand(Frame? stack, Closure closure)
    {
        foreach (Node alternative in Alternatives)
            closure.Expand(alternative, stack);
    }
}
