using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Engine.Model;
using MhcPipeline.Export;
using MhcPipeline.Fixtures;
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
                float[] actual = model.Prefill(row, start, tokens, allLogits: true).ToArray();
                float error = actual.Zip(logits.AsSpan(at * model.VocabSize, count * model.VocabSize).ToArray(), (a, e) => MathF.Abs(a - e)).Max();
                Assert.InRange(error, 0, Limit);
            }
        }
    }

    [Fact]
    public void A_prompts_last_logits_are_the_last_of_all()
    {
        using var scratch = new ScratchFolder();
        using OnnxLanguageModel model = Load("model_mhc_tiny", scratch, slots: 1);
        float[] all = model.Prefill(0, 0, [1, 2, 3, 4, 5], allLogits: true).ToArray();
        Assert.Equal(all[^model.VocabSize..], model.Prefill(0, 0, [1, 2, 3, 4, 5], allLogits: false).ToArray());
    }

    [Theory]
    [InlineData("model_mhc_tiny")]
    [InlineData("model_residual_tiny")]
    public void Slots_of_different_lengths_decode_in_one_step(string name)
    {
        using var scratch = new ScratchFolder();
        using SafetensorsFile expected = SafetensorsFile.Open(new RunFolder(RepositoryFiles.Case(name)).ExpectedFile);
        using OnnxLanguageModel model = Load(name, scratch, slots: 3);
        int[] ids = [.. expected.ReadInt64("input_ids").Select(id => (int)id)];
        float[] logits = expected.ReadFloat32("logits");
        int length = (int)expected.Tensor("input_ids").Shape[1];

        // Slot 0 has the first row, and slots 1 and 2 the second one, each begun by a prompt of another length.
        int[] starts = [0, length, length], pasts = [3, 1, 9];
        for (int slot = 0; slot < 3; slot++)
        {
            model.Prefill(slot, 0, ids.AsSpan(starts[slot], pasts[slot]), allLogits: false);
        }
        for (; pasts[2] < length; pasts = [.. pasts.Select(past => past + 1)])
        {
            float[] actual = model.Decode([.. starts.Zip(pasts, (start, past) => ids[start + past])], pasts).ToArray();
            for (int slot = 0; slot < 3; slot++)
            {
                float[] row = logits.AsSpan((starts[slot] + pasts[slot]) * model.VocabSize, model.VocabSize).ToArray();
                Assert.InRange(row.Zip(actual.AsSpan(slot * model.VocabSize, model.VocabSize).ToArray(), (e, a) => MathF.Abs(e - a)).Max(), 0, Limit);
            }
        }
    }

    [Fact]
    public void A_copied_start_and_an_exchanged_slot_go_on_as_the_original_would()
    {
        using var scratch = new ScratchFolder();
        using OnnxLanguageModel model = Load("model_mhc_tiny", scratch, slots: 3);
        float[] original = model.Prefill(0, 0, [1, 2, 3, 4, 5, 6], allLogits: false).ToArray(), other = model.Prefill(1, 0, [9, 8, 7, 6], allLogits: false).ToArray();
        model.Copy(0, 2, 4);
        AssertClose(original, model.Prefill(2, 4, [5, 6], allLogits: false));
        model.Swap(0, 1, 6);
        AssertClose(original, model.Prefill(1, 5, [6], allLogits: false));
        AssertClose(other, model.Prefill(0, 3, [6], allLogits: false));

        // A piece of another length may be rounded otherwise.
        static void AssertClose(float[] expected, ReadOnlySpan<float> actual) => Assert.InRange(expected.Zip(actual.ToArray(), (e, a) => MathF.Abs(e - a)).Max(), 0, Limit);
    }

    [Fact]
    public void Decoding_allocates_nothing()
    {
        using var scratch = new ScratchFolder();
        using OnnxLanguageModel model = Load("model_mhc_tiny", scratch, slots: 4);
        int[] tokens = [1, 2, 3, 4], pasts = [1, 5, 2, 3];
        for (int slot = 0; slot < 4; slot++)
        {
            model.Prefill(slot, 0, [1, 2, 3, 4, 5], allLogits: false);
        }
        Steps(3); // binds, and lets the runtime compile
        long before = GC.GetAllocatedBytesForCurrentThread();
        Steps(15);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Steps(int count)
        {
            for (int step = 0; step < count; step++)
            {
                model.Decode(tokens, pasts);
                for (int slot = 0; slot < pasts.Length; slot++)
                {
                    pasts[slot]++;
                }
            }
        }
    }

    [Fact]
    public void A_slot_forgets_what_lies_beyond_the_past()
    {
        using var scratch = new ScratchFolder();
        using OnnxLanguageModel model = Load("model_mhc_tiny", scratch, slots: 1);
        float[] first = model.Prefill(0, 0, [1, 2, 3], allLogits: true).ToArray();
        model.Prefill(0, 3, [4, 5, 6, 7], allLogits: false);
        Assert.Equal(first, model.Prefill(0, 0, [1, 2, 3], allLogits: true).ToArray());
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
