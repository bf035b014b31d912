namespace MhcPipeline.Export.Onnx;

/// <summary>A tensor that flows through the graph, by its name: what a node gives and other nodes take.</summary>
/// <param name="Name">The name; empty for an optional input that is left out.</param>
internal readonly record struct Value(string Name)
{
    /// <summary>Stands where an optional input is left out.</summary>
    public static readonly Value None = new("");
}
