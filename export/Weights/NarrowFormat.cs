using System.Runtime.InteropServices;
using MhcPipeline.Export.Onnx;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Weights;

/// <summary>
/// Weights rounded to float16 or bfloat16, for GPUs: there com.microsoft.GroupQueryAttention takes nothing wider. On a CPU ONNX Runtime computes
/// most of float16 in float32, with casts that it adds itself; bfloat16 it does not take at all.
/// </summary>
/// <param name="type">float16 or bfloat16.</param>
/// <param name="narrowStreams">Whether embedding and streams are of that type too, so that nothing is cast between sublayers; norms take it then.</param>
/// <param name="widened">True for the same weights, rounded, in a float32 graph: what a CPU can run of bfloat16.</param>
internal sealed class NarrowFormat(DataType type, bool narrowStreams, bool widened = false) : IWeightFormat
{
    private const int ElementsAtOnce = 4096;

    private readonly bool _brain = type == DataType.Bfloat16;

    /// <inheritdoc/>
    public DataType Activations => widened ? DataType.Float : type;

    /// <inheritdoc/>
    public DataType Streams => narrowStreams ? Activations : DataType.Float;

    /// <inheritdoc/>
    public Value Linear(GraphBuilder graph, Value x, WeightTensor matrix) => graph.Linear(x, graph.Weight(Narrow(matrix)));

    /// <inheritdoc/>
    public Value Rows(GraphBuilder graph, WeightTensor table, Value indices)
    {
        Value rows = graph.Gather(graph.Weight(Narrow(table)), indices);
        return Streams == Activations ? rows : graph.Cast(rows, Streams);
    }

    /// <inheritdoc/>
    public Value Beside(GraphBuilder graph, WeightTensor tensor) => graph.Weight(Narrow(tensor));

    // Weights beyond float16's range (65504) become infinite, and the verification of the export fails.
    private WeightTensor Narrow(WeightTensor tensor) => new($"{tensor.Name}.{(_brain ? "bfloat16" : "float16")}", tensor.Shape, stream =>
    {
        var halves = new ushort[ElementsAtOnce];
        var wide = new float[ElementsAtOnce];
        using var narrowing = new BlockStream(tensor.Shape[^1], ElementsAtOnce, block =>
        {
            for (int i = 0; i < block.Length; i++)
            {
                halves[i] = _brain ? Brain(block[i]) : BitConverter.HalfToUInt16Bits((Half)block[i]);
                wide[i] = _brain ? BitConverter.UInt32BitsToSingle((uint)halves[i] << 16) : (float)BitConverter.UInt16BitsToHalf(halves[i]);
            }
            stream.Write(widened ? MemoryMarshal.AsBytes(wide.AsSpan(0, block.Length)) : MemoryMarshal.AsBytes(halves.AsSpan(0, block.Length)));
        });
        tensor.WriteTo(narrowing);
    })
    { Type = Activations };

    // To the nearest, to even in the middle; what is no number stays none.
    private static ushort Brain(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)0x7fc0 : (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }
}
