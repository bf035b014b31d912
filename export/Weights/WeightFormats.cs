using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Weights;

/// <summary>The format of each precision.</summary>
internal static class WeightFormats
{
    /// <summary>The format in which a precision stores matrices.</summary>
    /// <param name="precision">Of weights and sublayers.</param>
    /// <param name="narrowStreams">Whether the streams are of the same 16 bits.</param>
    /// <param name="widened">Whether 16-bit weights are written as the float32 numbers that they are.</param>
    public static IWeightFormat For(ExportPrecision precision, bool narrowStreams = false, bool widened = false) => precision switch
    {
        ExportPrecision.Float32 => new Float32Format(),
        ExportPrecision.Int8 => new QuantizedFormat(bits: 8),
        ExportPrecision.Int4 => new QuantizedFormat(bits: 4),
        ExportPrecision.Float16 => new NarrowFormat(DataType.Float16, narrowStreams, widened),
        ExportPrecision.BFloat16 => new NarrowFormat(DataType.Bfloat16, narrowStreams, widened),
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "not a precision"),
    };
}
