using MhcPipeline.Core;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Connections;
using MhcPipeline.Export.Decoder;
using MhcPipeline.Export.Folding;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;
using MhcPipeline.Export.Weights;

namespace MhcPipeline.Export.Calibration;

/// <summary>The graph of a model with the folds asked for, and the report on them.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Report">What folding changed.</param>
internal sealed record FoldedGraph(OnnxGraph Graph, FoldingReport Report)
{
    /// <summary>Builds the graph. With a calibration set, errors are measured and Sinkhorn iterations counted before.</summary>
    /// <param name="target">The model, checked.</param>
    /// <param name="folds">What is to be folded, where it applies.</param>
    /// <param name="format">How weights are stored.</param>
    /// <param name="set">The calibration set, if there is one.</param>
    /// <param name="choice">Whether it is used.</param>
    /// <param name="scratch">A folder for calibration, which is made and removed.</param>
    public static FoldedGraph Build(FoldTarget target, FoldSet folds, IWeightFormat format, CalibrationSet? set, CalibrationChoice choice, string scratch)
    {
        FoldTarget standard = target with { Mode = ExportMode.Standard };
        OnnxGraph plain = BuildGraph(standard, FoldSet.None, new Float32Format());
        string? notMeasured = FoldCalibration.NotMeasured(set, choice, target.Config, plain.Weights.Sum(weight => weight.Length));
        using FoldCalibration? calibration = notMeasured is null ? new FoldCalibration(target, set!, scratch) : null;
        target = target with { Iterations = calibration?.Iterations };

        OnnxGraph graph = BuildGraph(target, folds, format);
        var report = new FoldingReport(
            [.. FoldRegistry.All.Select(fold => Outcome(fold, target, folds, calibration))],
            Sites(plain, graph, folds.For(target)), Change(plain, graph), calibration?.Error(folds),
            notMeasured is null ? FormattableString.Invariant($"{set!.Source}: {set.Sequences} sequences of {set.Tokens} tokens, in mode standard and float32") : $"not measured: {notMeasured}");
        return new FoldedGraph(graph, report);
    }

    private static FoldReport Outcome(Fold fold, FoldTarget target, FoldSet asked, FoldCalibration? calibration)
    {
        string? part = target.Mode == ExportMode.Fused ? fold.PartOfFused : null, obstacle = fold.Obstacle(target);
        if (obstacle is not null)
            return new FoldReport(fold.Name, fold.Description, false, obstacle, null, null);
        if (part is not null)
            return new FoldReport(fold.Name, fold.Description, true, $"part of mode fused: {part}", null, null);
        if (!asked.Contains(fold.Name))
            return new FoldReport(fold.Name, fold.Description, false, fold.UsuallyOff is { } reason ? $"off unless asked for: {reason}" : "switched off", null, null);
        FoldSet alone = FoldSet.None.With(fold.Name);
        GraphChange change = Change(BuildGraph(target, FoldSet.None, new Float32Format()), BuildGraph(target, alone, new Float32Format()));
        return new FoldReport(fold.Name, fold.Description, true, null, change, calibration?.Error(alone));
    }

    private static IReadOnlyList<SiteReport> Sites(OnnxGraph plain, OnnxGraph graph, FoldPlan plan)
    {
        ModelConfig config = plan.Target.Config;
        var before = GraphParts.Of(plain.Graph, plain.Weights);
        var after = GraphParts.Of(graph.Graph, graph.Weights);
        Dictionary<string, string> sites = config.Connection == "mhc" ? DecoderTensors.Sites(config).ToDictionary(site => DecoderTensors.Scope(site), StringComparer.Ordinal) : [];
        return [.. before.Keys.Union(after.Keys).Select(part =>
        {
            (int Operators, long Bytes) was = before.GetValueOrDefault(part), now = after.GetValueOrDefault(part);
            return new SiteReport(part, new GraphChange(was.Operators, now.Operators, was.Bytes, now.Bytes), sites.TryGetValue(part, out string? site) ? SinkhornIterations.InGraph(plan, site) : null);
        })];
    }

    private static GraphChange Change(OnnxGraph before, OnnxGraph after)
    {
        var (was, now) = (GraphParts.Of(before.Graph, before.Weights).Values, GraphParts.Of(after.Graph, after.Weights).Values);
        return new GraphChange(was.Sum(part => part.Operators), now.Sum(part => part.Operators), was.Sum(part => part.Bytes), now.Sum(part => part.Bytes));
    }

    private static OnnxGraph BuildGraph(FoldTarget target, FoldSet folds, IWeightFormat format) =>
        DecoderGraph.Build(target.Config, ConnectionRegistry.For(target.Config, target.Mode), target.Weights, format, folds.For(target));
}
