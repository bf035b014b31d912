using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;

namespace Microsoft.SemanticKernel;

/// <summary>A fixed set of functions, each cloned so that it carries the plugin's name.</summary>
internal sealed class DefaultKernelPlugin : KernelPlugin
{
    private readonly Dictionary<string, KernelFunction> _functions;

    public DefaultKernelPlugin(string name, string? description, IEnumerable<KernelFunction>? functions) : base(name, description) =>
        _functions = (functions ?? []).Select(function => function.Clone(name)).ToDictionary(function => function.Name, StringComparer.OrdinalIgnoreCase);

    public override int FunctionCount => _functions.Count;

    /// <remarks>Also by the name that a model calls it by, plugin_function.</remarks>
    public override bool TryGetFunction(string name, [NotNullWhen(true)] out KernelFunction? function) =>
        _functions.TryGetValue(name, out function)
        || (function = _functions.Values.FirstOrDefault(candidate => ((AIFunction)candidate).Name == name)) is not null;

    public override IEnumerator<KernelFunction> GetEnumerator() => _functions.Values.GetEnumerator();
}
