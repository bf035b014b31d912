using MhcPipeline.Train.Metrics;
using MhcPipeline.Train.Report.Charts;

namespace MhcPipeline.Train.Report;

/// <summary>Which charts a report has.</summary>
internal static class ReportCharts
{
    internal static IEnumerable<string> Render(MetricsHistory history)
    {
        Series loss = Steps(history, "each step", "a faint", step => step.Loss);
        yield return new LineChart
        {
            Title = "Loss",
            Note = "Cross-entropy in nats.",
            IsWide = true,
            CutSpikes = 0.002,
            Lines = [loss, loss.Smooth("training, smoothed", "a"), new Series("validation", "b dots", [.. history.Evals.Select(eval => ((double)eval.Step, eval.ValidationLoss))])],
        }.Render();
        yield return new LineChart { Title = "Learning rate", Include = 0, Lines = [Steps(history, "learning rate", "a", step => step.Lr)] }.Render();
        Series norm = Steps(history, "each step", "a faint", step => step.GradNorm);
        yield return new LineChart { Title = "Gradient norm", Note = "Global L2 norm before clipping.", Include = 0, CutSpikes = 0.01, Lines = [norm, norm.Smooth("smoothed", "a")] }.Render();
        Series speed = Steps(history, "each step", "a faint", step => step.TokensPerSecond);
        yield return new LineChart { Title = "Tokens a second", Include = 0, Lines = [speed, speed.Smooth("smoothed", "a")] }.Render();
        if (history.Gains.Count == 0)
            yield break;
        foreach (string chart in Gains(history.Gains))
            yield return chart;
    }

    /// <summary>The last smoothed loss that is a number.</summary>
    internal static double SmoothLoss(MetricsHistory history) =>
        Steps(history, "", "", step => step.Loss).Smooth("", "").Points.LastOrDefault(point => double.IsFinite(point.Y), (0, double.NaN)).Y;

    private static IEnumerable<string> Gains(IReadOnlyList<GainsMetric> gains)
    {
        GainsMetric last = gains[^1];
        string[] sites = [.. last.Sites.Select(site => site.Site)];
        yield return new LineChart
        {
            Title = "Composite gain",
            Note = "Largest absolute row sum (forward) and column sum (backward) of the product of all sites' residual mixings; 1 keeps the signal as it is.",
            Include = 1,
            Lines =
            [
                new Series("forward", "a", [.. gains.Select(gain => ((double)gain.Step, gain.CompositeForward))]),
                new Series("backward", "b", [.. gains.Select(gain => ((double)gain.Step, gain.CompositeBackward))]),
            ],
        }.Render();
        yield return new LineChart
        {
            Title = "Gain by depth",
            Note = $"Each site's own residual mixing at step {last.Step}.",
            Include = 1,
            XName = "site",
            IsWide = true,
            XLabels = sites,
            Lines =
            [
                new Series("forward", "a dots", [.. last.Sites.Select((site, i) => ((double)i, site.Forward))]),
                new Series("backward", "b dots", [.. last.Sites.Select((site, i) => ((double)i, site.Backward))]),
            ],
        }.Render();
        yield return new HeatMap { Title = "Forward gain by depth and step", Rows = sites, Columns = Columns(site => site.Forward) }.Render();
        yield return new HeatMap { Title = "Backward gain by depth and step", Rows = sites, Columns = Columns(site => site.Backward) }.Render();

        (long, IReadOnlyList<double>)[] Columns(Func<SiteGain, double> gain) =>
            [.. gains.Select(metric => (metric.Step, (IReadOnlyList<double>)[.. metric.Sites.Select(gain)]))];
    }

    private static Series Steps(MetricsHistory history, string name, string look, Func<StepMetric, double> value) =>
        new(name, look, [.. history.Steps.Select(step => ((double)step.Step, value(step)))]);
}
