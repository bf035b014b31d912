using System.Buffers;
using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using MhcPipeline.Data.Records;
using Parquet;
using Parquet.Schema;

namespace MhcPipeline.Data.Formats;

/// <summary>Reads the rows of a parquet file as records, one row group at a time and only the columns that records of a known shape have.</summary>
internal sealed class ParquetTable(string path)
{
    /// <summary>Share of the rows read so far.</summary>
    internal double Done { get; private set; }

    /// <summary>Reads the rows; a row's place is <c>file:row</c>, from 1.</summary>
    /// <exception cref="PipelineException">The file is damaged, or its columns or a row are of no known shape.</exception>
    internal IEnumerable<TextItem> Read(RecordReader records)
    {
        using FileStream file = Guarded(() => File.OpenRead(path));
        ParquetReader reader = Guarded(() => ParquetReader.CreateAsync(file).GetAwaiter().GetResult());
        try
        {
            List<ParquetColumn> columns = Columns(reader.Schema, records);
            var json = new ArrayBufferWriter<byte>();
            using var writer = new Utf8JsonWriter(json, new JsonWriterOptions { SkipValidation = true });
            long row = 0, rows = Math.Max(1, reader.Metadata?.NumRows ?? 1);
            for (int group = 0; group < reader.RowGroupCount; group++)
            {
                using ParquetRowGroupReader rowGroup = reader.OpenRowGroupReader(group);
                foreach (ParquetColumn column in columns)
                    Guarded(() => { column.Load(rowGroup); return true; });
                for (long inGroup = 0; inGroup < rowGroup.RowCount; inGroup++)
                {
                    string origin = $"{path}:{++row}";
                    json.ResetWrittenCount();
                    writer.Reset();
                    Guarded(() => { WriteRow(writer, columns); return true; });
                    using JsonDocument record = JsonDocument.Parse(json.WrittenMemory);
                    Done = (double)row / rows;
                    if (records.Read(record.RootElement, origin) is { } item)
                        yield return item;
                }
            }
        }
        finally
        {
            reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static void WriteRow(Utf8JsonWriter writer, List<ParquetColumn> columns)
    {
        writer.WriteStartObject();
        foreach (ParquetColumn column in columns)
        {
            writer.WritePropertyName(column.Name);
            column.Write(writer);
        }
        writer.WriteEndObject();
        writer.Flush();
    }

    private List<ParquetColumn> Columns(ParquetSchema schema, RecordReader records)
    {
        string[] names = [.. schema.Fields.Select(field => field.Name)];
        if (!RecordReader.Knows(names))
            throw RecordReader.Unknown(names, path);
        List<ParquetColumn> columns = [];
        foreach (Field field in schema.Fields)
        {
            if (RecordReader.KnownFields.Contains(field.Name))
                columns.Add(ParquetColumn.Of(field) ?? throw new PipelineException($"{path}: the column `{field.Name}` holds a map; text, lists and structs are read."));
            else
                records.Unread(field.Name, path);
        }
        return columns;
    }

    /// <summary>Whatever the library throws on a damaged file becomes one error that names it.</summary>
    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not PipelineException)
        {
            throw new PipelineException($"{path} cannot be read as a parquet file: {e.Message} Fetch it again, or write it anew without encryption.", e);
        }
    }
}
