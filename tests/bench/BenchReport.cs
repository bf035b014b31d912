using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Fixtures;
using Spectre.Console;

namespace MhcPipeline.Bench;

/// <summary>What a benchmark measured: printed as a table, kept as artifacts/bench/NAME.json.</summary>
internal sealed record BenchReport(string Name)
{
    private static readonly JsonSerializerOptions _json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    public string Machine { get; } = Bench.Machine.Describe();

    /// <summary>Whom the sides are compared with, in their own words: versions and settings.</summary>
    public List<string> Peers { get; } = [];

    public List<BenchResult> Results { get; } = [];

    /// <summary>Figures that hold on any machine: one side over the other, measured in one run.</summary>
    public SortedDictionary<string, double> Ratios { get; } = new(StringComparer.Ordinal);

    public void Add(string @case, string metric, double value, string unit) => Results.Add(new BenchResult(@case, metric, value, unit));

    public void Print()
    {
        var table = new Table().Title($"{Name} on {Machine}".EscapeMarkup()).AddColumn("case").AddColumn("metric").AddColumn(new TableColumn("value").RightAligned()).AddColumn("unit");
        foreach (BenchResult result in Results)
            table.AddRow(result.Case.EscapeMarkup(), result.Metric.EscapeMarkup(), Format(result.Value), result.Unit.EscapeMarkup());
        foreach ((string key, double ratio) in Ratios)
            table.AddRow(key.EscapeMarkup(), "ratio", Format(ratio), "");
        if (Peers.Count > 0)
            table.Caption(string.Join("; ", Peers).EscapeMarkup());
        AnsiConsole.Write(table);

        static string Format(double value) => FormattableString.Invariant($"{value:#,0.###}");
    }

    public string Save()
    {
        string path = Path.Combine(RepositoryFiles.Root, "artifacts", "bench", Name + ".json");
        AtomicFile.WriteAllText(path, JsonSerializer.Serialize(this, _json) + "\n");
        return path;
    }
}
