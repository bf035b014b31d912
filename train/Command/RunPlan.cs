using System.Text.Json;
using System.Text.Json.Nodes;
using MhcPipeline.Core;
using MhcPipeline.Core.Presets;
using MhcPipeline.Tokenization;
using MhcPipeline.Train.Connections;
using MhcPipeline.Train.Training;

namespace MhcPipeline.Train.Command;

/// <summary>What a run is to be: the command line's wishes, else what the run began with, else the preset's settings.</summary>
internal sealed record RunPlan
{
    public required Preset Preset { get; init; }

    /// <summary>The preset as it was named: a name or a path.</summary>
    public required string PresetSource { get; init; }

    public required string Connection { get; init; }

    /// <summary>A path, or null for the preset's corpus.</summary>
    public required string? Data { get; init; }

    public required long Seed { get; init; }

    public required long Steps { get; init; }

    public required TimeSpan? Budget { get; init; }

    /// <summary>Where a run that is resumed stands; null for a fresh one.</summary>
    public required RunState? Saved { get; init; }

    /// <summary>Says, of a fresh run, where what was not asked for comes from; null if nothing does.</summary>
    public string? Origin { get; init; }

    /// <summary>Makes the plan. A run goes on from the preset that its checkpoint keeps; one that is begun anew reads the preset again.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="found">The last checkpoint's state, if there is one.</param>
    /// <param name="tokenizer">What the run's tokenizer was trained from, if it says so: what a run begins with unless asked otherwise.</param>
    /// <exception cref="PipelineException">The preset cannot be read, its model cannot have the connection asked for, or there is nothing to resume.</exception>
    public static RunPlan Make(TrainOptions options, RunState? found, TrainedFrom? tokenizer = null)
    {
        if (options.Resume && found is null)
            throw new PipelineException($"{options.Run} has no checkpoint to resume from; leave out --resume to begin.");
        RunState? saved = options.Restart ? null : found;
        bool fresh = saved is null, chosen = options.Preset is not null;
        RunIdentity? begun = fresh && chosen ? null : found?.Identity; // another preset, begun anew, is another experiment
        TrainedFrom? from = begun is null && !chosen ? tokenizer : null;

        string source = options.Preset ?? begun?.Preset ?? from?.Preset ?? "default";
        Preset preset = !chosen && begun is not null && !(fresh && Preset.Exists(source)) ? Kept(options.Run, found!) : Preset.Load(source);
        string connection = options.Connection ?? begun?.Connection ?? preset.Model.Connection;
        ConnectionRegistry.Find(connection);
        preset.Model.ToConfig(vocabSize: 259, connection).Validate($"{source}, model"); // before data is prepared, which may take minutes
        // Steps asked for alone are all that counts: the preset's minutes would end the run before them.
        double? minutes = options.Minutes ?? (options.Steps is not null ? null : saved is not null ? saved.BudgetSeconds / 60 : preset.Training.Minutes);
        string? data = options.Data ?? begun?.DataPath ?? from?.Data;
        return new()
        {
            Preset = options.Precision is { } precision ? preset with { Training = preset.Training with { Precision = precision } } : preset,
            PresetSource = source,
            Connection = connection,
            Data = data,
            Seed = options.Seed ?? begun?.Seed ?? (from?.Seed is { } seed and <= long.MaxValue ? (long)seed : 1),
            Steps = options.Steps ?? saved?.TotalSteps ?? preset.Training.Steps,
            Budget = minutes is { } m ? TimeSpan.FromMinutes(m) : null,
            Saved = saved,
            Origin = !fresh || (begun is null && from is null) ? null
                : $"Preset {source}, {data ?? "its own corpus"}: as {(begun is null ? "the run's tokenizer was trained with" : "the run was begun with before")}; --preset and --data choose others.",
        };
    }

    /// <summary>The preset as the run began with it; its steps and minutes are those of the run since.</summary>
    private static Preset Kept(string run, RunState state)
    {
        string origin = $"{run}, the preset kept in its checkpoint";
        try
        {
            JsonNode? json = JsonNode.Parse(state.Identity.PresetJson);
            if (json?["training"] is JsonObject training)
                training["steps"] = (int)Math.Clamp(state.TotalSteps, 1, int.MaxValue);
            return Preset.FromJson(origin, json?.ToJsonString() ?? "null") with { Name = Path.GetFileNameWithoutExtension(state.Identity.Preset) };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new PipelineException($"{origin}, cannot be read: {e.Message} Name the preset with --preset.", e);
        }
    }

    /// <summary>Where the run stands when this session begins.</summary>
    /// <param name="data">Fingerprint of the prepared data.</param>
    public RunState Begin(string data) => (Saved ?? new RunState { TotalSteps = Steps, Identity = Identity(data) }) with
    {
        TotalSteps = Steps,
        BudgetSeconds = Budget?.TotalSeconds,
        Finished = false,
    };

    /// <summary>What a checkpoint remembers of the plan.</summary>
    /// <param name="data">Fingerprint of the prepared data.</param>
    public RunIdentity Identity(string data) => new(PresetSource, Preset.ToJson(), Connection, data, Data, Seed);
}
