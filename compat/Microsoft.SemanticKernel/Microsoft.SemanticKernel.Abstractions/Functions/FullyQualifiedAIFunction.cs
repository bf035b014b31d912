using Microsoft.Extensions.AI;

namespace Microsoft.SemanticKernel;

public abstract class FullyQualifiedAIFunction : AIFunction
{
    internal FullyQualifiedAIFunction(KernelFunctionMetadata metadata) => Metadata = metadata;

    public KernelFunctionMetadata Metadata { get; init; }

    /// <summary>The name a model calls it by: plugin and function joined by an underscore.</summary>
    public override string Name => string.IsNullOrWhiteSpace(Metadata.PluginName) ? Metadata.Name : $"{Metadata.PluginName}_{Metadata.Name}";
}
