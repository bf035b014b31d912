using System.Text;
using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using MhcPipeline.Data.Files;

namespace MhcPipeline.Data.Records;

/// <summary>
/// Reads records of training data. Each record is of the first shape whose fields it has, so a file may mix shapes; a record of none is
/// refused, and what a shape leaves unread is noted.
/// </summary>
internal sealed class RecordReader
{
    /// <summary>Changes when the same records are read otherwise; part of the fingerprint of files that hold records.</summary>
    internal const int Version = 2;

    /// <summary>Longest record, in bytes of its JSON.</summary>
    internal const int MaxBytes = 64 << 20;

    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false };

    private static readonly IRecordShape[] _shapes = [new TurnsShape("messages"), new TurnsShape("conversations"), new InstructionShape(), new PromptShape(), new TextShape()];

    private readonly UnreadFields _unread = new();
    private long _weightless;

    /// <summary>All fields that any shape reads.</summary>
    internal static IReadOnlySet<string> KnownFields { get; } = _shapes.SelectMany(shape => shape.Key.Concat(shape.Others)).Append("weight").ToHashSet(StringComparer.Ordinal);

    /// <summary>What people should know about the records read so far.</summary>
    internal IEnumerable<string> Notes()
    {
        if (_weightless > 0)
            yield return $"Records of weight 0, which are left out: {_weightless}.";
        if (_unread.Note() is { } note)
            yield return note;
    }

    /// <summary>Reads a record's JSON; null if it holds no text.</summary>
    /// <param name="json">The record, in UTF-8.</param>
    /// <param name="path">The file.</param>
    /// <param name="line">The line at which the record begins.</param>
    /// <exception cref="PipelineException">It is no JSON object of a known shape.</exception>
    internal TextItem? Read(ReadOnlySpan<byte> json, string path, long line)
    {
        string text = StrictUtf8.Decode(json, path, line);
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, _strict);
            return Read(document.RootElement, $"{path}:{line}");
        }
        catch (JsonException e)
        {
            throw NotJson(path, line, e);
        }
    }

    /// <summary>Reads a record; null if it holds no text.</summary>
    /// <exception cref="PipelineException">It is no object of a known shape.</exception>
    internal TextItem? Read(JsonElement json, string origin)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new PipelineException($"{origin}: {JsonKind.Name(json)} where a record should be, an object with {Known()}."
                + (json.ValueKind == JsonValueKind.Array ? " A file that is one list of records is read where its name ends in .json." : ""));
        Fields record = new(json, new Place(origin, "", _unread), "");
        IRecordShape shape = Array.Find(_shapes, shape => shape.Key.All(record.Has)) ?? throw Unknown(record.Names, origin);
        try
        {
            bool learnt = Weight.Of(record, canBeLearnt: true);
            TextItem? item = shape.Read(record);
            record.ReportUnread();
            if (learnt)
                return item;
            _weightless++;
            return null;
        }
        catch (InvalidOperationException e) // GetString of "\ud800" alone
        {
            throw new PipelineException($"{origin}: a string holds half of a surrogate pair, which is no character.", e);
        }
    }

    /// <summary>Notes a field that was left out before its record was read.</summary>
    internal void Unread(string field, string origin) => _unread.Add(field, origin);

    /// <summary>Whether records with these fields could be of a known shape.</summary>
    internal static bool Knows(IReadOnlyCollection<string> fields) => Array.Exists(_shapes, shape => shape.Key.All(fields.Contains));

    /// <summary>The error for a record of no known shape.</summary>
    internal static PipelineException Unknown(IEnumerable<string> names, string origin)
    {
        string fields = string.Join(", ", names.Select(name => $"`{name}`").Take(8));
        return new PipelineException(
            $"{origin}: a record of no known shape ({(fields.Length == 0 ? "an empty object" : $"fields: {fields}")}). Known are {Known()}. Rename its fields; or, to learn the file as plain text, let its name end in .txt.");
    }

    /// <summary>The error for what is no JSON; the parser counts lines from 0 within the record.</summary>
    internal static PipelineException NotJson(string path, long line, JsonException e) =>
        new($"{path}:{line + (e.LineNumber ?? 0)}: not JSON at byte {e.BytePositionInLine}: {e.Message.Split(" LineNumber:")[0].Split(" Path:")[0]}", e);

    private static string Known()
    {
        var known = new StringBuilder();
        foreach (IRecordShape shape in _shapes)
            known.Append(known.Length == 0 ? "" : "; ").AppendJoin(" and ", shape.Key.Select(name => $"`{name}`"));
        return known.ToString();
    }
}
