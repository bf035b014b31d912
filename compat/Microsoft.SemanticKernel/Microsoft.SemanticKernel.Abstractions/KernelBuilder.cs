using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.SemanticKernel;

/// <summary>Collects services and plugins. One made by AddKernel belongs to the host's container and cannot build a kernel itself.</summary>
internal sealed class KernelBuilder(IServiceCollection services, bool canBuild) : IKernelBuilder, IKernelBuilderPlugins
{
    public IServiceCollection Services { get; } = services;

    public IKernelBuilderPlugins Plugins => this;

    internal bool CanBuild { get; } = canBuild;
}
