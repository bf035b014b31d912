using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Folding;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Tests.Model;
using MhcPipeline.Export.Tests.Reference;
using MhcPipeline.Export.Verification;
using Xunit;

namespace MhcPipeline.Export.Tests.Folding;

/// <summary>Every fold gives the logits of the double-precision model, alone and with the others.</summary>
public sealed class FoldingTests
{
    private const double Limit = 1e-4;

    public static TheoryData<string, int, ExportMode, string> Folds()
    {
        var data = new TheoryData<string, int, ExportMode, string>();
        foreach ((string connection, int streams) in new[] { ("mhc", 2), ("mhc", 4), ("mhc_lite", 3), ("hc", 2), ("hc", 4), ("identity", 1), ("identity", 4), ("residual", 1) })
        {
            foreach (string fold in FoldSet.Names.Append("none").Append("all"))
                foreach (ExportMode mode in Enum.GetValues<ExportMode>())
                    data.Add(connection, streams, mode, fold);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Folds))]
    public void Each_fold_alone_none_and_all_give_the_reference_logits(string connection, int streams, ExportMode mode, string fold)
    {
        FoldSet folds = fold switch { "none" => FoldSet.None, "all" => FoldSet.All, _ => FoldSet.None.With(fold) };
        AssertRight(RandomCheckpoint.Config(connection) with { HcMult = streams }, new ExportOptions { Mode = mode, Folds = folds });
    }

    private static void AssertRight(ModelConfig config, ExportOptions options)
    {
        using var folder = new ScratchFolder();
        RandomCheckpoint.Save(folder.In("model.safetensors"), config);
        using var weights = SafetensorsFile.Open(folder.In("model.safetensors"));
        ExportedModel model = OnnxExporter.Export(config, weights, folder.Path, options);
        long[] ids = RandomCheckpoint.Ids(config, 9);
        double[] expected = new ReferenceModel(config, weights).Logits(ids);

        using var runner = OnnxModelRunner.Load(model.ModelPath);

        Assert.InRange(LargestError(runner.Prefill(ids, batch: 1), expected), 0, Limit);
        Assert.InRange(LargestError(runner.Decode(ids, batch: 1), expected), 0, Limit);
    }

    private static double LargestError(float[] actual, double[] expected)
    {
        Assert.DoesNotContain(actual, float.IsNaN);
        return actual.Zip(expected, (a, b) => Math.Abs(a - b)).Max();
    }
}
