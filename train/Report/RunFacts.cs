using System.Diagnostics;
using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.Train.Data;
using MhcPipeline.Train.Metrics;
using MhcPipeline.Train.Training;

namespace MhcPipeline.Train.Report;

/// <summary>The report's table of facts, and the quantities in it as people read them.</summary>
internal static class RunFacts
{
    /// <summary>What a run is and how far it came.</summary>
    /// <param name="model">Its model.</param>
    /// <param name="parameters">Their number.</param>
    /// <param name="data">What it learnt from.</param>
    /// <param name="state">Where it stands.</param>
    /// <param name="beside">The run that it is compared with, or null.</param>
    public static IReadOnlyList<ReportFact> Of(ModelConfig model, long parameters, DatasetManifest data, RunState state, RunBeside? beside) =>
    [
        new("Model", "connection", model.Connection),
        new("Model", "streams", $"{model.HcMult}"),
        new("Model", "layers x width", $"{model.NumHiddenLayers} x {model.HiddenSize}"),
        new("Model", "heads (key-value)", $"{model.NumAttentionHeads} ({model.NumKeyValueHeads})"),
        new("Model", "parameters", Number(parameters)),
        new("Model", "vocabulary", Number(model.VocabSize)),
        new("Data", "source", data.Source),
        new("Data", "tokens to learn from", Number(data.TrainTokens)),
        new("Data", "tokens to validate on", Number(data.ValidationTokens)),
        new("Training", "preset", state.Identity.Preset),
        new("Training", "seed", $"{state.Identity.Seed}"),
        new("Training", "steps", $"{state.Step} of {state.TotalSteps}"),
        new("Training", "tokens seen", Number(state.Tokens)),
        new("Training", "time", Clock(state.Seconds)),
        new("Training", "best validation loss", $"{Loss(state.BestLoss)} at step {state.BestStep}"),
        new("Training", "peak memory", PeakMemory()),
        .. beside is null ? [] : Of(beside),
    ];

    /// <summary>Minutes and seconds, from an hour on with hours.</summary>
    public static string Clock(double seconds) => TrainingStatus.Clock(TimeSpan.FromSeconds(seconds));

    /// <summary>Four decimals.</summary>
    public static string Loss(double nats) => nats.ToString("0.0000", CultureInfo.InvariantCulture);

    /// <summary>The most memory that this process has had, in MB.</summary>
    public static string PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return string.Create(CultureInfo.InvariantCulture, $"{process.PeakWorkingSet64 / 1e6:#,0} MB");
    }

    private static IEnumerable<ReportFact> Of(RunBeside beside)
    {
        MetricsHistory history = beside.History;
        if (history.Steps.Count == 0 || history.Evals.Count == 0)
            yield break;
        const string Group = "Beside";
        yield return new(Group, "run", beside.Name);
        yield return new(Group, "steps", Number(history.Steps[^1].Step));
        yield return new(Group, "time", Clock(history.Steps[^1].Seconds));
        yield return new(Group, "best validation loss", Loss(history.Evals.Min(eval => eval.ValidationLoss)));
    }

    private static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
