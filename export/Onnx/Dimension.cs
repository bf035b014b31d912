namespace MhcPipeline.Export.Onnx;

/// <summary>One dimension of a graph input or output: a number, or a name for what is known only at run time.</summary>
/// <param name="Size">The number, or null.</param>
/// <param name="Name">The name, or null.</param>
internal readonly record struct Dimension(long? Size, string? Name)
{
    public static implicit operator Dimension(int size) => new(size, null);

    public static implicit operator Dimension(string name) => new(null, name);
}
