using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Tests.Reference;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace MhcPipeline.Export.Tests.Model;

/// <summary>What docs/export.md says of the cache: one buffer bound as past and as present, rows of their own lengths.</summary>
public abstract class CacheContractTests : IDisposable
{
    private const int Slots = 2, Capacity = 24;
    private const double Limit = 1e-4;

    private readonly ScratchFolder _folder = new();
    private readonly ModelConfig _config;
    private readonly SafetensorsFile _weights;
    private readonly InferenceSession _session;
    private readonly float[][] _buffers;
    private readonly int _slotSize;

    protected CacheContractTests(int headWidth)
    {
        _config = RandomCheckpoint.Config() with { HeadDimOverride = headWidth };
        RandomCheckpoint.Save(_folder.In("model.safetensors"), _config);
        _weights = SafetensorsFile.Open(_folder.In("model.safetensors"));
        _session = new InferenceSession(OnnxExporter.Export(_config, _weights, _folder.Path).ModelPath);
        _slotSize = _config.NumKeyValueHeads * Capacity * _config.HeadDim;
        _buffers = [.. Enumerable.Range(0, 2 * _config.NumHiddenLayers).Select(_ => new float[Slots * _slotSize])];
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _session.Dispose();
        _weights.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Rows_of_different_lengths_decode_together_as_they_would_alone()
    {
        long[] first = RandomCheckpoint.Ids(_config, 6, seed: 1), second = RandomCheckpoint.Ids(_config, 11, seed: 2);
        Step(slot: 0, slots: 1, [first[..^1]], [5]);
        Step(slot: 1, slots: 1, [second[..^1]], [10]);

        float[] logits = Step(slot: 0, slots: 2, [first[^1..], second[^1..]], [6, 11]);

        AssertLast(first, logits[.._config.VocabSize]);
        AssertLast(second, logits[_config.VocabSize..]);
    }

    [Fact]
    public void Prompts_of_different_lengths_can_come_together()
    {
        long[] first = RandomCheckpoint.Ids(_config, 6, seed: 1), second = RandomCheckpoint.Ids(_config, 11, seed: 2);
        float[] prompts = Step(slot: 0, slots: 2, [[.. first[..^1], 0, 0, 0, 0, 0], second[..^1]], [5, 10]);

        float[] logits = Step(slot: 0, slots: 2, [first[^1..], second[^1..]], [6, 11]);

        AssertLast(first[..^1], prompts[(4 * _config.VocabSize)..(5 * _config.VocabSize)]);
        AssertLast(second[..^1], prompts[^_config.VocabSize..]);
        AssertLast(first, logits[.._config.VocabSize]);
        AssertLast(second, logits[_config.VocabSize..]);
    }

    [Fact]
    public void A_prompt_can_come_in_pieces()
    {
        long[] ids = RandomCheckpoint.Ids(_config, 15);
        Step(slot: 1, slots: 1, [ids[..4]], [4]);
        Step(slot: 1, slots: 1, [ids[4..11]], [11]);

        float[] logits = Step(slot: 1, slots: 1, [ids[11..]], [15]);

        AssertLast(ids, logits[^_config.VocabSize..]);
    }

    [Fact]
    public void A_slot_that_held_a_longer_text_serves_a_shorter_one()
    {
        Step(slot: 0, slots: 1, [RandomCheckpoint.Ids(_config, 20, seed: 3)], [20]);
        long[] ids = RandomCheckpoint.Ids(_config, 7, seed: 4);
        Step(slot: 0, slots: 1, [ids[..^1]], [6]);

        AssertLast(ids, Step(slot: 0, slots: 1, [ids[^1..]], [7]));
    }

    [Fact]
    public void The_mask_may_always_be_as_wide_as_the_cache()
    {
        long[] first = RandomCheckpoint.Ids(_config, 6, seed: 1), second = RandomCheckpoint.Ids(_config, 11, seed: 2);
        Step(slot: 0, slots: 1, [first[..^1]], [5], total: Capacity);
        Step(slot: 1, slots: 1, [second[..4]], [4], total: Capacity);
        Step(slot: 1, slots: 1, [second[4..^1]], [10], total: Capacity);

        float[] logits = Step(slot: 0, slots: 2, [first[^1..], second[^1..]], [6, 11], total: Capacity);

        AssertLast(first, logits[.._config.VocabSize]);
        AssertLast(second, logits[_config.VocabSize..]);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void Logits_of_the_first_tokens_can_be_left_out(int from)
    {
        long[] ids = RandomCheckpoint.Ids(_config, 7);
        float[] all = Step(slot: 0, slots: 1, [ids], [7]);

        Assert.Equal(all[(from * _config.VocabSize)..], Step(slot: 1, slots: 1, [ids], [7], logitsFrom: from));
    }

    // Runs the newest ids of some neighbouring slots, whose lengths with them are given.
    private float[] Step(int slot, int slots, long[][] ids, long[] lengths, int? total = null, int? logitsFrom = null)
    {
        total ??= (int)lengths.Max();
        int sequence = ids[0].Length, rows = sequence - (logitsFrom ?? 0);
        long[] mask = [.. lengths.SelectMany(length => Enumerable.Range(0, total.Value).Select(i => i < length ? 1L : 0))];
        var logits = new float[slots * rows * _config.VocabSize];
        List<OrtValue> values = [];
        using var run = new RunOptions();
        using var binding = _session.CreateIoBinding();
        binding.BindInput("input_ids", Keep(OrtValue.CreateTensorValueFromMemory(ids.SelectMany(row => row).ToArray(), [slots, sequence])));
        binding.BindInput("attention_mask", Keep(OrtValue.CreateTensorValueFromMemory(mask, [slots, total.Value])));
        binding.BindOutput("logits", Keep(OrtValue.CreateTensorValueFromMemory(logits, [slots, rows, _config.VocabSize])));
        if (logitsFrom is { } from)
            binding.BindInput("logits_from", Keep(OrtValue.CreateTensorValueFromMemory(new long[] { from }, [1])));
        for (int i = 0; i < _buffers.Length; i++)
        {
            string name = $"{i / 2}.{(i % 2 == 0 ? "key" : "value")}";
            OrtValue cache = Keep(OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _buffers[i].AsMemory(slot * _slotSize, slots * _slotSize),
                [slots, _config.NumKeyValueHeads, Capacity, _config.HeadDim]));
            binding.BindInput($"past_key_values.{name}", cache);
            binding.BindOutput($"present.{name}", cache);
        }
        _session.RunWithBinding(run, binding);
        values.ForEach(value => value.Dispose());
        return logits;

        OrtValue Keep(OrtValue value)
        {
            values.Add(value);
            return value;
        }
    }

    private void AssertLast(long[] ids, float[] logits)
    {
        double[] expected = new ReferenceModel(_config, _weights).Logits(ids)[^_config.VocabSize..];
        Assert.InRange(logits.Zip(expected, (a, b) => Math.Abs(a - b)).Max(), 0, Limit);
    }
}
