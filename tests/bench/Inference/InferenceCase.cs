using MhcPipeline.Export;

namespace MhcPipeline.Bench.Inference;

/// <summary>A model size and a precision that inference is measured at.</summary>
/// <param name="Size">The model.</param>
/// <param name="Precision">How its weights are stored.</param>
internal sealed record InferenceCase(ModelSize Size, ExportPrecision Precision)
{
    /// <summary>Both sizes in float32 and int8.</summary>
    public static IEnumerable<InferenceCase> All() =>
        from size in new[] { ModelSize.Large, ModelSize.Default() }
        from precision in new[] { ExportPrecision.Float32, ExportPrecision.Int8 }
        select new InferenceCase(size, precision);

    /// <summary>In tables.</summary>
    public string Name => $"{Size.Name}, {PrecisionName}";

    /// <summary>What keys end with: the precision, and the model where it is not the large one.</summary>
    public string Key => Size == ModelSize.Large ? PrecisionName : $"{PrecisionName}.{Size.Name}";

    private string PrecisionName => Precision.ToString().ToLowerInvariant();
}
