using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using MhcPipeline.Data.Files;
using MhcPipeline.Data.Records;

namespace MhcPipeline.Data.Formats;

/// <summary>Reads one record a line.</summary>
internal static class JsonLines
{
    /// <summary>Reads all lines; blank ones and empty texts are no items.</summary>
    /// <exception cref="PipelineException">A line is not a record.</exception>
    internal static IEnumerable<TextItem> Read(ByteLines lines, RecordReader records)
    {
        while (Next(lines, records, out TextItem? item))
        {
            if (item is not null)
                yield return item;
        }
    }

    /// <summary>Reads a line; the item is null for a blank line or an empty text. False at the end.</summary>
    private static bool Next(ByteLines lines, RecordReader records, out TextItem? item)
    {
        item = null;
        long number = lines.Line;
        if (!lines.TryReadLine(RecordReader.MaxBytes, out ReadOnlySpan<byte> line))
            return false;
        if (!line.Trim(" \t\r"u8).IsEmpty)
            item = records.Read(line, lines.Path, number);
        return true;
    }
}
