using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using MhcPipeline.Data.Files;
using MhcPipeline.Data.Records;

namespace MhcPipeline.Data.Formats;

/// <summary>Reads a .json file: a list of records, or records one after the other, on a line each or on several; one at a time, whatever the file's length.</summary>
internal static class JsonRecords
{
    /// <summary>Reads all records; empty texts are no items.</summary>
    /// <exception cref="PipelineException">The file is not JSON, or a value is not a record.</exception>
    internal static IEnumerable<TextItem> Read(ByteLines bytes, RecordReader records)
    {
        int first = bytes.PeekVisible();
        bool isList = first == '[';
        if (!isList && first is not ('{' or -1))
            throw new PipelineException($"{bytes.Path}:{bytes.Line}: a .json file must hold records, as a list or one after the other. To learn it as plain text, let its name end in .txt.");
        if (isList)
            bytes.Skip(1);
        for (bool any = false; ; any = true)
        {
            int next = bytes.PeekVisible();
            if (isList && next == ']' && !any)
                break;
            if (isList && any)
            {
                if (next is not (',' or ']'))
                    throw new PipelineException($"{bytes.Path}:{bytes.Line}: {(next < 0 ? "the file ends" : "something else stands")} where `,` or `]` should follow a record. Is the file whole?");
                if (next == ']')
                    break;
                bytes.Skip(1);
            }
            else if (!isList && next < 0)
            {
                yield break;
            }
            if (Next(bytes, records) is { } item)
                yield return item;
        }
        bytes.Skip(1);
        if (bytes.PeekVisible() >= 0)
            throw new PipelineException($"{bytes.Path}:{bytes.Line}: there is more after the end of the list. A .json file holds one list, or records one after the other.");
    }

    private static TextItem? Next(ByteLines bytes, RecordReader records)
    {
        bytes.PeekVisible();
        long line = bytes.Line;
        ReadOnlySpan<byte> value = bytes.ReadWhole(Length, RecordReader.MaxBytes);
        return records.Read(value, bytes.Path, line);

        int Length(ReadOnlySpan<byte> have, bool isEnd)
        {
            try
            {
                Utf8JsonReader reader = new(have, isEnd, default);
                return reader.Read() && reader.TrySkip() ? (int)reader.BytesConsumed : -1;
            }
            catch (JsonException e)
            {
                throw RecordReader.NotJson(bytes.Path, line, e);
            }
        }
    }
}
