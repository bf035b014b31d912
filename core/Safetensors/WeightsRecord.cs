using System.Text.Json;

namespace MhcPipeline.Core.Safetensors;

/// <summary>What the weights of a run say of how they came to be, in the metadata of their files, which other tools leave alone.</summary>
public static class WeightsRecord
{
    /// <summary>In model.safetensors: fingerprint of the tokenizer that the model was trained with.</summary>
    public const string Tokenizer = "mhc_tokenizer";

    /// <summary>In model.safetensors: the last step of the training that wrote it.</summary>
    public const string Step = "mhc_step";

    /// <summary>In checkpoints/last.safetensors: the state of the run as JSON, its number of steps under <c>step</c>.</summary>
    public const string State = "run_state";

    /// <summary>Says so if training has gone on since model.safetensors was written: it was stopped, or is at work. Null if not, or if the files say nothing.</summary>
    /// <param name="run">The run folder.</param>
    /// <param name="weights">The metadata of its model.safetensors.</param>
    /// <exception cref="PipelineException">The checkpoint cannot be read.</exception>
    public static string? TrainedSince(RunFolder run, IReadOnlyDictionary<string, string> weights)
    {
        if (!weights.TryGetValue(Step, out string? written) || !File.Exists(run.LastCheckpoint))
            return null;
        using SafetensorsFile last = SafetensorsFile.Open(run.LastCheckpoint);
        if (!last.Metadata.TryGetValue(State, out string? state) || StepOf(state) is not { } step || FormattableString.Invariant($"{step}") == written)
            return null;
        return $"the checkpoint stands at step {step}, model.safetensors at step {written} of an earlier end of training; `{run.Make("train")}` ends it and writes the weights anew";
    }

    private static long? StepOf(string state)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(state);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("step", out JsonElement step) && step.ValueKind == JsonValueKind.Number && step.TryGetInt64(out long value) ? value : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
