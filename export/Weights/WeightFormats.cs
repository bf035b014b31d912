namespace MhcPipeline.Export.Weights;

/// <summary>The format of each precision.</summary>
internal static class WeightFormats
{
    /// <summary>The format in which a precision stores matrices.</summary>
    public static IWeightFormat For(ExportPrecision precision) => precision switch
    {
        ExportPrecision.Float32 => new Float32Format(),
        ExportPrecision.Int8 => new QuantizedFormat(bits: 8),
        ExportPrecision.Int4 => new QuantizedFormat(bits: 4),
        ExportPrecision.Float16 => new Float16Format(),
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "not a precision"),
    };
}
