using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Onnx;

/// <summary>A tensor of the external data file. Its elements are produced only while the file is written.</summary>
/// <param name="Name">The initializer's name.</param>
/// <param name="Shape">Its dimensions, outermost first.</param>
/// <param name="WriteTo">Writes exactly the elements, little-endian and row-major.</param>
internal sealed record WeightTensor(string Name, IReadOnlyList<long> Shape, Action<Stream> WriteTo)
{
    /// <summary>Type of the elements: float32, float16, bfloat16 or bytes.</summary>
    public DataType Type { get; init; } = DataType.Float;

    /// <summary>Bytes in the file.</summary>
    public long Length => Shape.Aggregate(ElementSize, (product, dimension) => checked(product * dimension));

    private long ElementSize => Type switch
    {
        DataType.Float => sizeof(float),
        DataType.Float16 or DataType.Bfloat16 => sizeof(ushort),
        DataType.Uint8 => sizeof(byte),
        _ => throw new InvalidOperationException($"{Name} is of type {Type}, which no weight is stored in."),
    };
}
