using System.Globalization;
using System.Text;
using MhcPipeline.Core;
using MhcPipeline.Train.Metrics;
using MhcPipeline.Train.Report.Markup;

namespace MhcPipeline.Train.Report;

/// <summary>Writes a run's report: one HTML file that needs no server, no network and no other file.</summary>
public static class ReportWriter
{
    /// <summary>Samples shown, the newest first.</summary>
    private const int MostSamples = 24;

    /// <summary>Writes the report in place of one that is there; safe at any time in training.</summary>
    /// <param name="path">Such as <see cref="RunFolder.ReportFile"/>.</param>
    /// <param name="report">What to show.</param>
    /// <exception cref="PipelineException">The file cannot be written.</exception>
    public static void Write(string path, RunReport report) => AtomicFile.WriteAllText(path, Render(report));

    /// <summary>The page.</summary>
    internal static string Render(RunReport report)
    {
        StringBuilder html = new();
        html.Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>");
        html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>");
        // Nothing may be loaded from anywhere, whatever a sample contains.
        html.Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\"/>");
        html.Append(CultureInfo.InvariantCulture, $"<title>{Html.Escape(report.Title)}: training report</title><style>\n{Resource("report.css")}</style></head>\n<body><main>\n");
        Header(html, report);
        html.Append(Health.Render(report.History));
        Charts(html, "Curves", [.. ReportCharts.Render(report.History), .. ReportCharts.RenderBeside(report)]);
        if (report.History.Gains.Count > 0)
            Charts(html, "Stability of the residual mixing", StabilityCharts.Render(report.History.Gains));
        Samples(html, report.History);
        Facts(html, report.Facts);
        Events(html, report.History);
        return html.Append(CultureInfo.InvariantCulture, $"</main>\n<script>\n{Resource("report.js")}</script></body></html>\n").ToString();
    }

    private static void Header(StringBuilder html, RunReport report)
    {
        MetricsHistory history = report.History;
        StepMetric? last = history.Steps.Count > 0 ? history.Steps[^1] : null;
        string state = Health.HasDiverged(history) ? "diverged" : report.IsRunning ? "training" : "finished";
        html.Append(CultureInfo.InvariantCulture, $"<header><h1>{Html.Escape(report.Title)}<span class=\"state {state}\">{state}</span></h1><p>{Html.Escape(report.Subtitle)}</p></header>\n<ul class=\"tiles\">");
        Tile(last is null ? "0" : Html.Number(last.Step), report.PlannedSteps > 0 ? $"of {Html.Number(report.PlannedSteps)} steps" : "steps");
        Tile(last is null ? "n/a" : Html.Number(ReportCharts.SmoothLoss(history)), "training loss, smoothed");
        Tile(history.Evals.Count == 0 ? "n/a" : Html.Number(history.Evals.Min(eval => double.IsNaN(eval.ValidationLoss) ? double.PositiveInfinity : eval.ValidationLoss)), "best validation loss");
        Tile(last is null ? "n/a" : Html.Number(last.Tokens), "tokens seen");
        Tile(last is null ? "n/a" : Html.Number(Median(history.Steps.Select(step => step.TokensPerSecond))), "tokens a second, median");
        Tile(last is null ? "n/a" : Duration(last.Seconds), "training time");
        if (history.Gains.Count > 0)
            Tile($"×{Html.Number(history.Gains[^1].Factor)}", "mixing factor, 1 is ideal");
        html.Append("</ul>\n");

        void Tile(string value, string label) => html.Append(CultureInfo.InvariantCulture, $"<li><b>{Html.Escape(value)}</b><span>{label}</span></li>");
    }

    private static void Charts(StringBuilder html, string heading, IEnumerable<string> charts)
    {
        html.Append(CultureInfo.InvariantCulture, $"<h2>{heading}</h2>\n<div class=\"charts\">\n");
        foreach (string chart in charts)
            html.Append(chart);
        html.Append("</div>\n");
    }

    private static void Samples(StringBuilder html, MetricsHistory history)
    {
        if (history.Samples.Count == 0)
            return;
        html.Append("<h2>Samples</h2>\n");
        foreach (SampleMetric sample in history.Samples.Reverse().Take(MostSamples))
        {
            html.Append(CultureInfo.InvariantCulture, $"<article class=\"card sample\"><h3>Step {sample.Step}");
            if (sample.Expected is { } expected && expected.Trim() == sample.Text.Trim())
                html.Append(" <span class=\"right\">✓ as expected</span>");
            html.Append("</h3><div class=\"parts\">");
            Part("Prompt", sample.Prompt);
            Part("Model", sample.Text);
            if (sample.Expected is not null)
                Part("Expected", sample.Expected);
            html.Append("</div></article>\n");
        }

        void Part(string label, string text) => html.Append(CultureInfo.InvariantCulture, $"<section><h4>{label}</h4><pre>{Html.Escape(text)}</pre></section>");
    }

    private static void Facts(StringBuilder html, IReadOnlyList<ReportFact> facts)
    {
        if (facts.Count == 0)
            return;
        html.Append("<h2>The run</h2>\n<div class=\"facts\">\n");
        foreach (IGrouping<string, ReportFact> group in facts.GroupBy(fact => fact.Group))
        {
            html.Append(CultureInfo.InvariantCulture, $"<section class=\"card\"><h3>{Html.Escape(group.Key)}</h3><table><tbody>");
            foreach (ReportFact fact in group)
                html.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Html.Escape(fact.Label)}</th><td>{Html.Escape(fact.Value)}</td></tr>");
            html.Append("</tbody></table></section>\n");
        }
        html.Append("</div>\n");
    }

    private static void Events(StringBuilder html, MetricsHistory history)
    {
        if (history.Events.Count == 0)
            return;
        html.Append("<h2>Events</h2>\n<section class=\"card\"><div class=\"scroll\"><table><thead><tr><th>step</th><th>what</th><th>detail</th></tr></thead><tbody>");
        foreach (EventMetric happened in history.Events)
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{happened.Step}</td><td>{Html.Escape(happened.Name)}</td><td>{Html.Escape(happened.Detail ?? "")}</td></tr>");
        html.Append("</tbody></table></div></section>\n");
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        return sorted.Length == 0 ? double.NaN : sorted[sorted.Length / 2];
    }

    private static string Duration(double seconds) => !double.IsFinite(seconds) ? "n/a"
        : seconds < 60 ? $"{Html.Number(Math.Round(seconds, 1))} s"
        : seconds < 3600 ? $"{(int)(seconds / 60)} min {(int)(seconds % 60)} s"
        : $"{(int)(seconds / 3600)} h {(int)(seconds / 60) % 60} min";

    private static string Resource(string name)
    {
        using Stream stream = typeof(ReportWriter).Assembly.GetManifestResourceStream($"MhcPipeline.Train.Report.{name}")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
