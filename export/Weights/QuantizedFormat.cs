using System.Runtime.InteropServices;
using MhcPipeline.Export.Onnx;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Weights;

/// <summary>
/// Weights of 4 or 8 bits, for com.microsoft.MatMulNBits: codes [out, blocks, block · bits / 8] and scales [out, blocks]. Activations are
/// float32. Embedding rows stay float32: they are looked up, not multiplied, so that nothing would be faster.
/// </summary>
/// <param name="bits">4 or 8.</param>
internal sealed class QuantizedFormat(int bits) : IWeightFormat
{
    /// <summary>
    /// The accuracy that the product keeps of its input: 4 lets it round blocks of 32 activations to int8 with a scale each, so that it
    /// multiplies whole numbers; 0 computes in float32.
    /// </summary>
    private const int AccuracyLevel = 4;

    private readonly BlockQuantization _quantization = new(bits);

    /// <inheritdoc/>
    public DataType Activations => DataType.Float;

    /// <inheritdoc/>
    public Value Linear(GraphBuilder graph, Value x, WeightTensor matrix)
    {
        long rows = matrix.Shape[0], width = matrix.Shape[1], blocks = BlockQuantization.Blocks(width);
        string name = $"{matrix.Name}.int{bits}";
        Value codes = graph.Weight(new WeightTensor(name, [rows, blocks, _quantization.BlockBytes], stream => WriteCodes(matrix, stream)) { Type = DataType.Uint8 });
        Value scales = graph.Weight(new WeightTensor($"{name}.scales", [rows, blocks], stream => WriteScales(matrix, stream)));
        return graph.Node("com.microsoft", "MatMulNBits", [x, codes, scales], [graph.Fresh("MatMulNBits")],
            Attributes.Int("K", width), Attributes.Int("N", rows), Attributes.Int("bits", bits), Attributes.Int("block_size", BlockQuantization.BlockSize),
            Attributes.Int("accuracy_level", AccuracyLevel))[0];
    }

    /// <inheritdoc/>
    public Value Rows(GraphBuilder graph, WeightTensor table, Value indices) => graph.Gather(graph.Weight(table), indices);

    /// <inheritdoc/>
    public Value Beside(GraphBuilder graph, WeightTensor tensor) => graph.Weight(tensor);

    // The matrix is read twice, once for its codes and once for its scales, so that neither has to be kept.
    private void WriteCodes(WeightTensor matrix, Stream stream)
    {
        var codes = new byte[_quantization.BlockBytes];
        using var blocks = new BlockStream(matrix.Shape[1], BlockQuantization.BlockSize, block =>
        {
            _quantization.Encode(block, codes);
            stream.Write(codes);
        });
        matrix.WriteTo(blocks);
    }

    private void WriteScales(WeightTensor matrix, Stream stream)
    {
        using var blocks = new BlockStream(matrix.Shape[1], BlockQuantization.BlockSize, block =>
        {
            float scale = _quantization.Scale(block);
            stream.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<float>(in scale)));
        });
        matrix.WriteTo(blocks);
    }
}
