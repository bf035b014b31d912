using System.Text.Json;
using MhcPipeline.Core;

namespace MhcPipeline.Train.Metrics;

/// <summary>All that a metrics.jsonl holds, each kind in the order of writing.</summary>
public sealed class MetricsHistory
{
    private MetricsHistory(IReadOnlyList<MetricRecord> all)
    {
        All = all;
        Steps = [.. all.OfType<StepMetric>()];
        Evals = [.. all.OfType<EvalMetric>()];
        Gains = [.. all.OfType<GainsMetric>()];
        Samples = [.. all.OfType<SampleMetric>()];
        Events = [.. all.OfType<EventMetric>()];
    }

    /// <summary>Every record.</summary>
    public IReadOnlyList<MetricRecord> All { get; }

    /// <summary>Optimizer steps.</summary>
    public IReadOnlyList<StepMetric> Steps { get; }

    /// <summary>Evaluations.</summary>
    public IReadOnlyList<EvalMetric> Evals { get; }

    /// <summary>Gain magnitudes.</summary>
    public IReadOnlyList<GainsMetric> Gains { get; }

    /// <summary>Samples of text.</summary>
    public IReadOnlyList<SampleMetric> Samples { get; }

    /// <summary>Events.</summary>
    public IReadOnlyList<EventMetric> Events { get; }

    /// <summary>
    /// Reads a file. A last line without its line break was torn by a kill and is left out, as are kinds that this version does not know;
    /// a missing file is an empty history.
    /// </summary>
    /// <exception cref="PipelineException">A whole line is no record (line named), or the file cannot be read.</exception>
    public static MetricsHistory Read(string path)
    {
        List<MetricRecord> records = [];
        foreach ((string text, int line) in WholeLines(path))
        {
            try
            {
                if (JsonSerializer.Deserialize<MetricRecord>(text, MetricsLog.Json) is { } record)
                    records.Add(record);
            }
            catch (Exception e) when (e is JsonException or NotSupportedException)
            {
                if (!IsUnknownKind(text))
                    throw new PipelineException($"{path}:{line} is no metric: {e.Message} Remove the line.", e);
            }
        }
        return new MetricsHistory(records);
    }

    private static IEnumerable<(string Text, int Line)> WholeLines(string path)
    {
        string all;
        try
        {
            // The trainer may be writing at this moment.
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using StreamReader reader = new(file);
            all = reader.ReadToEnd();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            yield break;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException($"{path} cannot be read: {e.Message}", e);
        }
        int line = 1;
        for (int start = 0, end; (end = all.IndexOf('\n', start)) >= 0; start = end + 1, line++)
        {
            if (end > start)
                yield return (all[start..end], line);
        }
    }

    private static bool IsUnknownKind(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("kind", out JsonElement kind) && kind.ValueKind == JsonValueKind.String
                && kind.GetString() is not ("step" or "eval" or "gains" or "sample" or "event");
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
