using System.Globalization;
using System.Text;
using MhcPipeline.Train.Metrics;
using MhcPipeline.Train.Report.Markup;

namespace MhcPipeline.Train.Report;

/// <summary>What a reader wants to know first: whether the run is or was healthy, and if not, why.</summary>
internal static class Health
{
    /// <summary>Whether the run ended in numbers that are none, and was not taken up again.</summary>
    internal static bool HasDiverged(MetricsHistory history) => history.Events is [.., { Name: EventMetric.Diverged }];

    /// <summary>One card; nothing for a run without a step.</summary>
    internal static string Render(MetricsHistory history)
    {
        if (history.Steps.Count == 0)
            return "";
        List<(EventMetric Warning, long? Over)> warnings = Warnings(history.Events);
        bool diverged = HasDiverged(history);
        int lasting = warnings.Count(warning => warning.Over is null);
        (string look, string verdict) =
            diverged ? ("diverged", "✗ Diverged")
            : lasting > 0 ? ("warned", $"⚠ {lasting} {(lasting == 1 ? "warning holds" : "warnings hold")}")
            : warnings.Count > 0 ? ("", $"✓ Healthy now, after {warnings.Count} {(warnings.Count == 1 ? "warning" : "warnings")}")
            : ("", "✓ Healthy");
        StringBuilder html = new();
        html.Append(CultureInfo.InvariantCulture, $"<section class=\"card health {look}\"><h3>{verdict}</h3><p>{Html.Escape(diverged ? history.Events[^1].Detail ?? "" : Summary(history))}</p>");
        if (warnings.Count > 0)
            html.Append("<ul>");
        foreach ((EventMetric warning, long? over) in warnings)
            html.Append(CultureInfo.InvariantCulture, $"<li{(over is null ? "" : " class=\"over\"")}>Step {warning.Step}: {Html.Escape(warning.Detail ?? "")}{(over is null ? "" : $" Over at step {over}.")}</li>");
        return html.Append(warnings.Count > 0 ? "</ul></section>\n" : "</section>\n").ToString();
    }

    private static string Summary(MetricsHistory history)
    {
        if (history.Gains.Count == 0)
            return $"Losses, gradients and weights are finite; the loss had {(history.Events.Any(e => e.Topic == "loss") ? "spikes" : "no spike")}.";
        GainsMetric last = history.Gains[^1];
        string text = $"All sites together scale a stream or its gradient by a factor of {Html.Number(last.Factor)} at most (1 is ideal; {Html.Number(history.Gains.Max(gains => gains.Factor))} was the worst in this run).";
        return last.Streams is { Shares.Count: > 1 } streams
            ? $"{text} Streams bear {Html.Number(100 * streams.Shares.Min())} to {Html.Number(100 * streams.Shares.Max())}% of the norm and differ by {Html.Number(100 * streams.Spread)}% of their size."
            : text;
    }

    /// <summary>Every warning, with the step at which it was over.</summary>
    private static List<(EventMetric Warning, long? Over)> Warnings(IReadOnlyList<EventMetric> events)
    {
        List<(EventMetric Warning, long? Over)> warnings = [];
        foreach (EventMetric happened in events)
        {
            int open = warnings.FindLastIndex(warning => warning.Over is null && warning.Warning.Topic == happened.Topic);
            if (happened.Name == EventMetric.Warning)
                warnings.Add((happened, null));
            else if (happened.Name == EventMetric.Recovered && open >= 0)
                warnings[open] = (warnings[open].Warning, happened.Step);
        }
        return warnings;
    }
}
