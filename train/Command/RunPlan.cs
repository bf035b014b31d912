using MhcPipeline.Core;
using MhcPipeline.Core.Presets;
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

    /// <summary>Makes the plan.</summary>
    /// <exception cref="PipelineException">The preset cannot be read, its model cannot have the connection asked for, or there is nothing to resume.</exception>
    public static RunPlan Make(TrainOptions options, RunState? found)
    {
        if (options.Resume && found is null)
            throw new PipelineException($"{options.Run} has no checkpoint to resume from; leave out --resume to begin.");
        RunState? saved = options.Restart ? null : found;
        RunIdentity? begun = saved?.Identity;
        string source = options.Preset ?? begun?.Preset ?? "default";
        Preset preset = Preset.Load(source);
        string connection = options.Connection ?? begun?.Connection ?? preset.Model.Connection;
        ConnectionRegistry.Find(connection);
        preset.Model.ToConfig(vocabSize: 259, connection).Validate($"{source}, model"); // before data is prepared, which may take minutes
        // Steps asked for alone are all that counts: the preset's minutes would end the run before them.
        double? minutes = options.Minutes ?? (options.Steps is not null ? null : saved is not null ? saved.BudgetSeconds / 60 : preset.Training.Minutes);
        return new()
        {
            Preset = preset,
            PresetSource = source,
            Connection = connection,
            Data = options.Data ?? begun?.DataPath,
            Seed = options.Seed ?? begun?.Seed ?? 1,
            Steps = options.Steps ?? saved?.TotalSteps ?? preset.Training.Steps,
            Budget = minutes is { } m ? TimeSpan.FromMinutes(m) : null,
            Saved = saved,
        };
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
    public RunIdentity Identity(string data)
    {
        // A resumed run may have other limits than it began with; everything else of the preset must agree.
        Preset settings = Preset with { Training = Preset.Training with { Steps = 1, Minutes = null } };
        return new(PresetSource, settings.ToJson(), Connection, data, Data, Seed);
    }
}
