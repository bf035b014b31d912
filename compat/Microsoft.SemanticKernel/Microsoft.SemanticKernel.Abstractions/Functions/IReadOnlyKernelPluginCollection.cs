using System.Diagnostics.CodeAnalysis;

namespace Microsoft.SemanticKernel;

public interface IReadOnlyKernelPluginCollection : IReadOnlyCollection<KernelPlugin>
{
    KernelPlugin this[string name] { get; }

    bool TryGetPlugin(string name, [NotNullWhen(true)] out KernelPlugin? plugin);
}
