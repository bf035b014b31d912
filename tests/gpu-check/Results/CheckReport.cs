using System.Globalization;
using System.Text;
using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.GpuCheck.Results;

/// <summary>What a run found: as JSON for programs, as a table for people. It may be written at any time; what is not there yet is not in it.</summary>
/// <param name="device">The GPU.</param>
/// <param name="seed">Of random inputs.</param>
/// <param name="started">When the run began.</param>
internal sealed class CheckReport(DeviceInfo device, int seed, DateTimeOffset started)
{
    private readonly List<Figure> _figures = [];
    private readonly List<Verdict> _verdicts = [];
    private readonly List<string> _notes = [];

    /// <summary>What was measured, in order.</summary>
    public IReadOnlyList<Figure> Figures => _figures;

    /// <summary>What was checked, in order.</summary>
    public IReadOnlyList<Verdict> Verdicts => _verdicts;

    /// <summary>What was not done, and why.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Whether every check that ran passed.</summary>
    public bool Passes => _verdicts.TrueForAll(verdict => verdict.Failures.Count == 0);

    /// <summary>Adds a figure.</summary>
    public void Add(Figure figure) => _figures.Add(figure);

    /// <summary>Adds what checks found.</summary>
    public void Add(Verdict verdict) => _verdicts.Add(verdict);

    /// <summary>Adds what a reader must know.</summary>
    public void Note(string line) => _notes.Add(line);

    /// <summary>Writes the JSON file, whole or not at all.</summary>
    /// <exception cref="PipelineException">It cannot be written.</exception>
    public void Save(string path)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("date", started.ToString("yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture));
            json.WriteString("device", device.Name);
            json.WriteString("capability", device.Capability.ToString());
            json.WriteString("driver_cuda", device.Driver.ToString());
            json.WriteNumber("multiprocessors", device.Multiprocessors);
            json.WriteNumber("seed", seed);
            json.WriteBoolean("passes", Passes);
            json.WriteStartArray("checks");
            foreach (Verdict verdict in _verdicts)
            {
                json.WriteStartObject();
                json.WriteString("name", verdict.Name);
                json.WriteNumber("passed", verdict.Passed);
                json.WriteNumber("not_run", verdict.NotRun);
                Lines(json, "failures", verdict.Failures);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("figures");
            foreach (Figure figure in _figures)
            {
                json.WriteStartObject();
                json.WriteString("section", figure.Section);
                json.WriteString("name", figure.Name);
                if (double.IsFinite(figure.Value))
                    json.WriteNumber("value", figure.Value);
                else
                    json.WriteNull("value");
                json.WriteString("unit", figure.Unit);
                if (figure.Target is { } target)
                {
                    json.WriteNumber(target.AtMost ? "at_most" : "at_least", target.Value);
                    json.WriteBoolean("met", target.IsMet(figure.Value));
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
            Lines(json, "notes", _notes);
            json.WriteEndObject();
        }
        byte[] written = [.. memory.ToArray(), (byte)'\n'];
        AtomicFile.Write(path, stream => stream.Write(written));
    }

    /// <summary>The figures by section, with targets; then what was not done, failures, and one line of sums.</summary>
    public string Table()
    {
        var text = new StringBuilder();
        int name = _figures.Select(figure => figure.Name.Length).DefaultIfEmpty(0).Max(), value = _figures.Select(figure => figure.Text.Length).DefaultIfEmpty(0).Max();
        foreach (IGrouping<string, Figure> section in _figures.GroupBy(figure => figure.Section))
        {
            text.Append('\n').Append(section.Key).Append('\n');
            foreach (Figure figure in section)
            {
                text.Append("  ").Append(figure.Name.PadRight(name)).Append("  ").Append(figure.Text.PadLeft(value));
                if (figure.Target is { } target)
                    text.Append("  target ").Append(target).Append(figure.Met == true ? ": met" : ": MISSED");
                text.Append('\n');
            }
        }
        if (_notes.Count > 0)
            text.Append("\nnot done, or to know\n").AppendJoin("", _notes.Select(note => $"  {note}\n"));
        foreach (Verdict verdict in _verdicts.Where(verdict => verdict.Failures.Count > 0))
            text.Append('\n').Append(verdict.Name).Append(" FAILED\n").AppendJoin("", verdict.Failures.Select(failure => $"  {failure}\n"));
        text.Append('\n').AppendJoin("", _verdicts.Select(verdict => $"{verdict}\n"));
        int asked = _figures.Count(figure => figure.Target is not null);
        text.Append(CultureInfo.InvariantCulture, $"targets: {_figures.Count(figure => figure.Met == true)} of {asked} met\n");
        return text.ToString();
    }

    private static void Lines(Utf8JsonWriter json, string name, IReadOnlyList<string> lines)
    {
        json.WriteStartArray(name);
        foreach (string line in lines)
            json.WriteStringValue(line);
        json.WriteEndArray();
    }
}
