using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Verification;
using Xunit;

namespace MhcPipeline.Export.Tests.Model;

/// <summary>The plug-in library in sessions that know the operators from nowhere else.</summary>
public sealed class PluginTests
{
    private const float Limit = 1e-5f; // its vectors may be narrower than this machine's: sums are added up in another order

    [PluginFact]
    public void Every_connection_gives_the_logits_of_the_operators_in_process()
    {
        foreach (string connection in new[] { "mhc", "mhc_lite", "hc", "identity" })
        {
            using var folder = new ScratchFolder();
            ModelConfig config = RandomCheckpoint.Config(connection) with { HiddenSize = 37, HeadDimOverride = 16 };
            string path = Export(config, folder);
            using OnnxModelRunner here = OnnxModelRunner.Load(path), plugin = OnnxModelRunner.Load(path, options => options.RegisterCustomOpLibrary(PluginFactAttribute.Library));
            long[] ids = RandomCheckpoint.Ids(config, 2 * 9);

            float[] expected = here.Prefill(ids, batch: 2);
            Assert.InRange(LargestError(plugin.Prefill(ids, batch: 2), expected), 0, Limit);
            Assert.InRange(LargestError(plugin.Decode(ids, batch: 2), expected), 0, Limit);
        }
    }

    [PluginFact]
    public void It_is_found_by_every_session_that_loads_it()
    {
        using var folder = new ScratchFolder();
        ModelConfig config = RandomCheckpoint.Config();
        string path = Export(config, folder);
        long[] ids = RandomCheckpoint.Ids(config, 9);
        float[][] logits = [.. Enumerable.Range(0, 3).Select(_ =>
        {
            using OnnxModelRunner plugin = OnnxModelRunner.Load(path, options => options.RegisterCustomOpLibrary(PluginFactAttribute.Library));
            return plugin.Prefill(ids, batch: 1);
        })];

        Assert.All(logits, actual => Assert.Equal(logits[0], actual));
    }

    private static string Export(ModelConfig config, ScratchFolder folder)
    {
        RandomCheckpoint.Save(folder.In("model.safetensors"), config);
        using var weights = SafetensorsFile.Open(folder.In("model.safetensors"));
        return OnnxExporter.Export(config, weights, folder.Path, new ExportOptions { Mode = ExportMode.Fused }).ModelPath;
    }

    private static float LargestError(float[] actual, float[] expected) =>
        actual.Zip(expected, (a, b) => float.IsNaN(a) ? float.PositiveInfinity : MathF.Abs(a - b)).Max() / MathF.Max(1, expected.Max(MathF.Abs));
}
