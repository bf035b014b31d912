namespace MhcPipeline.Export.Onnx;

/// <summary>A float32 tensor of the external data file. Its elements are produced only while the file is written.</summary>
/// <param name="Name">The initializer's name.</param>
/// <param name="Shape">Its dimensions, outermost first.</param>
/// <param name="WriteTo">Writes exactly the elements, little-endian and row-major.</param>
internal sealed record WeightTensor(string Name, IReadOnlyList<long> Shape, Action<Stream> WriteTo)
{
    /// <summary>Bytes in the file.</summary>
    public long Length => Shape.Aggregate((long)sizeof(float), (product, dimension) => checked(product * dimension));
}
