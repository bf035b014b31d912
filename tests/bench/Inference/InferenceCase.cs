using MhcPipeline.Core;
using MhcPipeline.Export;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Weights;
using MhcPipeline.Train.Command;

namespace MhcPipeline.Bench.Inference;

/// <summary>A model size and a precision that inference is measured at.</summary>
/// <param name="Size">The model.</param>
/// <param name="Precision">How its weights are stored.</param>
internal sealed record InferenceCase(ModelSize Size, ExportPrecision Precision)
{
    /// <summary>Both sizes in float32 and int8.</summary>
    private static IEnumerable<InferenceCase> All() =>
        from size in new[] { ModelSize.Large, ModelSize.Default() }
        from precision in new[] { ExportPrecision.Float32, ExportPrecision.Int8 }
        select new InferenceCase(size, precision);

    /// <summary>A report of all of them.</summary>
    /// <param name="benchmark">Its name.</param>
    /// <param name="measure">Adds a case's figures.</param>
    public static BenchReport MeasureAll(string benchmark, Action<BenchReport, InferenceCase> measure)
    {
        NativeThreads.OneAnOperation(); // for the drawing of weights; the engines bring threads of their own
        var report = new BenchReport(benchmark);
        foreach (InferenceCase measured in All())
            measure(report, measured);
        return report;
    }

    /// <summary>What our engine is measured with: mhc with fused and with standard operators, and the plain residual network last.</summary>
    public IEnumerable<(string Name, RunFolder Run)> Export(GeneratedModels models)
    {
        Console.WriteLine($"{Name}: writing the models");
        yield return ("mhc fused", models.Export(Size, "mhc", new ExportOptions { Mode = ExportMode.Fused, Precision = Precision }));
        yield return ("mhc standard", models.Export(Size, "mhc", new ExportOptions { Precision = Precision }));
        yield return ("residual", models.Export(Size, "residual", new ExportOptions { Precision = Precision }));
    }

    /// <summary>In tables.</summary>
    public string Name => $"{Size.Name}, {PrecisionName}";

    /// <summary>What keys end with: the precision, and the model where it is not the large one.</summary>
    public string Key => Size == ModelSize.Large ? PrecisionName : $"{PrecisionName}.{Size.Name}";

    private string PrecisionName => Precision.ToString().ToLowerInvariant();
}
