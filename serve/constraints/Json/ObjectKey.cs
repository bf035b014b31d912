namespace MhcPipeline.Constraints.Json;

/// <summary>A key that a schema names.</summary>
/// <param name="Name">The key.</param>
/// <param name="Value">Its value.</param>
/// <param name="Required">Whether it must be there.</param>
/// <param name="Needs">The keys that must be there when it is.</param>
internal sealed record ObjectKey(string Name, ValueNode Value, bool Required, IReadOnlyList<string> Needs);
