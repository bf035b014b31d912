using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Model;
using MhcPipeline.Export;
using MhcPipeline.Serve.Tests.Fixtures;
using Xunit;

namespace MhcPipeline.Serve.Tests.Engine;

/// <summary>The exported graph in the engine's cache gives the logits of the reference models, whichever way the tokens come.</summary>
public sealed class OnnxLanguageModelTests
{
    private const float Limit = 1e-5f; // the cases allow 1e-4; plain float32 stays under a tenth of it

    [Theory]
    [InlineData("model_mhc_tiny", 24)]
    [InlineData("model_mhc_tiny", 1)]
    [InlineData("model_mhc_tiny", 7)]
    [InlineData("model_residual_tiny", 24)]
    [InlineData("model_residual_tiny", 1)]
    [InlineData("model_residual_tiny", 7)]
    public void Logits_are_the_references_in_one_piece_in_chunks_and_token_by_token(string name, int chunk)
    {
        using var scratch = new ScratchFolder();
        using SafetensorsFile expected = SafetensorsFile.Open(new RunFolder(RepositoryFiles.Case(name)).ExpectedFile);
        using OnnxLanguageModel model = Load(name, scratch, slots: 2);
        long[] ids = expected.ReadInt64("input_ids");
        float[] logits = expected.ReadFloat32("logits");
        int length = (int)expected.Tensor("input_ids").Shape[1];

        // Two sequences, each in a slot, in turns: neither may disturb the other.
        for (int start = 0; start < length; start += chunk)
        {
            for (int row = 0; row < 2; row++)
            {
                int count = Math.Min(chunk, length - start), at = (row * length) + start;
                int[] tokens = [.. ids.AsSpan(at, count).ToArray().Select(id => (int)id)];
                float[] actual = model.Forward(row, start, tokens).ToArray();
                float error = actual.Zip(logits.AsSpan(at * model.VocabSize, count * model.VocabSize).ToArray(), (a, e) => MathF.Abs(a - e)).Max();
                Assert.InRange(error, 0, Limit);
            }
        }
    }

    [Fact]
    public void A_slot_forgets_what_lies_beyond_the_past()
    {
        using var scratch = new ScratchFolder();
        using OnnxLanguageModel model = Load("model_mhc_tiny", scratch, slots: 1);
        float[] first = model.Forward(0, 0, [1, 2, 3]).ToArray();
        model.Forward(0, 3, [4, 5, 6, 7]);
        Assert.Equal(first, model.Forward(0, 0, [1, 2, 3]).ToArray());
    }

    [Fact]
    public void A_graph_of_another_configuration_is_refused()
    {
        using var scratch = new ScratchFolder();
        ModelConfig config = ModelConfig.Load(new RunFolder(RepositoryFiles.Case("model_mhc_tiny")).ConfigJson);
        Load("model_mhc_tiny", scratch, slots: 1).Dispose();
        string path = Path.Combine(scratch.Path, "model.onnx");
        PipelineException layers = Assert.Throws<PipelineException>(() => new OnnxLanguageModel(path, config with { NumHiddenLayers = 4 }, new EngineOptions()));
        PipelineException vocabulary = Assert.Throws<PipelineException>(() => new OnnxLanguageModel(path, config with { VocabSize = 97 }, new EngineOptions()));
        Assert.Contains("past_key_values.3.key", layers.Message, StringComparison.Ordinal);
        Assert.Contains("make export", vocabulary.Message, StringComparison.Ordinal);
    }

    private static OnnxLanguageModel Load(string name, ScratchFolder scratch, int slots)
    {
        var run = new RunFolder(RepositoryFiles.Case(name));
        ModelConfig config = ModelConfig.Load(run.ConfigJson);
        using SafetensorsFile weights = SafetensorsFile.Open(run.WeightsFile);
        ExportedModel exported = OnnxExporter.Export(config, weights, scratch.Path);
        return new OnnxLanguageModel(exported.ModelPath, config, new EngineOptions { Slots = slots });
    }
}
