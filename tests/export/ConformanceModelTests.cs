using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Verification;
using MhcPipeline.Fixtures;
using Xunit;

namespace MhcPipeline.Export.Tests;

/// <summary>The exported graph gives the logits of the reference models, which were computed in float64.</summary>
public sealed class ConformanceModelTests
{
    private const float Limit = 1e-5f; // the cases allow 1e-4; plain float32 stays under a tenth of it

    [Theory]
    [InlineData("model_residual_tiny", ExportMode.Standard)]
    [InlineData("model_mhc_tiny", ExportMode.Standard)]
    [InlineData("model_mhc_tiny", ExportMode.Fused)]
    public void Whole_sequences_give_the_reference_logits(string name, ExportMode mode) =>
        Assert.InRange(LargestError(name, mode, (runner, ids, batch) => runner.Prefill(ids, batch)), 0, Limit);

    [Theory]
    [InlineData("model_residual_tiny", ExportMode.Standard)]
    [InlineData("model_mhc_tiny", ExportMode.Standard)]
    [InlineData("model_mhc_tiny", ExportMode.Fused)]
    public void Decoding_token_by_token_on_the_shared_cache_gives_the_reference_logits(string name, ExportMode mode) =>
        Assert.InRange(LargestError(name, mode, (runner, ids, batch) => runner.Decode(ids, batch)), 0, Limit);

    private static float LargestError(string name, ExportMode mode, Func<OnnxModelRunner, long[], int, float[]> run)
    {
        using var folder = new ScratchFolder();
        var reference = new RunFolder(RepositoryFiles.Case(name));
        using var weights = SafetensorsFile.Open(reference.WeightsFile);
        using var expected = SafetensorsFile.Open(reference.ExpectedFile);
        ExportedModel model = OnnxExporter.Export(ModelConfig.Load(reference.ConfigJson), weights, folder.Path, new ExportOptions { Mode = mode });

        using var runner = OnnxModelRunner.Load(model.ModelPath);
        float[] actual = run(runner, expected.ReadInt64("input_ids"), (int)expected.Tensor("input_ids").Shape[0]);

        return actual.Zip(expected.ReadFloat32("logits"), (a, b) => MathF.Abs(a - b)).Max();
    }
}
