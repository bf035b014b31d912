using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.SemanticKernel.Services;

internal static class EmptyServiceProvider
{
    public static IServiceProvider Instance { get; } = new ServiceCollection().BuildServiceProvider();
}
