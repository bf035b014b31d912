using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MhcPipeline.Core;
using MhcPipeline.Core.Corpus;

namespace OrderDesk;

/// <summary>The entries as a file: CSV (RFC 4180) with a column for each known field, or JSON.</summary>
public static class Summary
{
    private static readonly JsonSerializerOptions _readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether the name ends in .csv or .json.</summary>
    public static bool CanWrite(string path) => Path.GetExtension(path).ToLowerInvariant() is ".csv" or ".json";

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <exception cref="PipelineException">It cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<DeskEntry> entries)
    {
        try
        {
            AtomicFile.WriteAllText(path, Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase) ? Json(entries) : Csv(entries));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException($"Cannot write {path}: {failed.Message}", failed);
        }
    }

    /// <summary>A head line and one line for each entry.</summary>
    public static string Csv(IReadOnlyList<DeskEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        StringBuilder csv = new();
        Line(["file", "label", .. CorpusInstructions.Fields, "doubts"]);
        foreach (var entry in entries) Line([entry.File, entry.Label, .. CorpusInstructions.Fields.Select(field => entry.Record[field]?.ToString()), DoubtsOf(entry)]);
        return csv.ToString();

        void Line(IEnumerable<string?> values) => csv.AppendJoin(',', values.Select(Quote)).Append("\r\n");
    }

    /// <summary>An array with one object for each entry.</summary>
    public static string Json(IReadOnlyList<DeskEntry> entries)
    {
        JsonArray array = [.. entries.Select(entry => new JsonObject
        {
            ["file"] = entry.File,
            ["label"] = entry.Label,
            ["fields"] = entry.Record.DeepClone(),
            ["doubts"] = new JsonObject(entry.Doubts.Select(doubt => KeyValuePair.Create(doubt.Key, (JsonNode?)doubt.Value))),
        })];
        return array.ToJsonString(_readable) + "\n";
    }

    /// <summary>What a person has to look at, in a line.</summary>
    public static string DoubtsOf(DeskEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return string.Join("; ", entry.Doubts.Select(doubt => $"{doubt.Key}: {doubt.Value}"));
    }

    private static string Quote(string? value) =>
        value is null ? string.Empty
        : value.AsSpan().IndexOfAny("\",\r\n") < 0 ? value
        : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
