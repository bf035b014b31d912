using System.Runtime.InteropServices;
using MhcPipeline.Export.Onnx;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Weights;

/// <summary>
/// Weights rounded to float16, for GPUs: there com.microsoft.GroupQueryAttention takes nothing wider. On a CPU ONNX Runtime computes most of
/// it in float32, with casts that it adds itself.
/// </summary>
internal sealed class Float16Format : IWeightFormat
{
    private const int ElementsAtOnce = 4096;

    /// <inheritdoc/>
    public DataType Activations => DataType.Float16;

    /// <inheritdoc/>
    public Value Linear(GraphBuilder graph, Value x, WeightTensor matrix) => graph.Linear(x, graph.Weight(Narrow(matrix)));

    /// <inheritdoc/>
    public Value Rows(GraphBuilder graph, WeightTensor table, Value indices) =>
        graph.Cast(graph.Gather(graph.Weight(Narrow(table)), indices), DataType.Float);

    /// <inheritdoc/>
    public Value Beside(GraphBuilder graph, WeightTensor tensor) => graph.Weight(Narrow(tensor));

    // Weights beyond float16's range (65504) become infinite, and the verification of the export fails.
    private static WeightTensor Narrow(WeightTensor tensor) => new($"{tensor.Name}.float16", tensor.Shape, stream =>
    {
        var halves = new Half[ElementsAtOnce];
        using var narrowing = new BlockStream(tensor.Shape[^1], ElementsAtOnce, block =>
        {
            for (int i = 0; i < block.Length; i++)
                halves[i] = (Half)block[i];
            stream.Write(MemoryMarshal.AsBytes(halves.AsSpan(0, block.Length)));
        });
        tensor.WriteTo(narrowing);
    })
    { Type = DataType.Float16 };
}
