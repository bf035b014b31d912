using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MhcPipeline.Core;

namespace MhcPipeline.Train.Metrics;

/// <summary>
/// Appends records to metrics.jsonl, each flushed as one whole line. Numbers that JSON does not have are the strings "NaN", "Infinity" and "-Infinity".
/// </summary>
public sealed class MetricsLog : IDisposable
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        AllowOutOfOrderMetadataProperties = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // samples stay readable; the file is never pasted into HTML unescaped
    };

    private readonly string _path;
    private readonly FileStream _stream;

    private MetricsLog(string path)
    {
        _path = path;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            _stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(e);
        }
    }

    /// <summary>Begins a new file, in place of one that is there.</summary>
    /// <exception cref="PipelineException">The file cannot be written.</exception>
    public static MetricsLog Create(string path)
    {
        AtomicFile.WriteAllText(path, "");
        return new MetricsLog(path);
    }

    /// <summary>Goes on with a file from a checkpoint: drops a torn last line and all records after <paramref name="step"/>, since those steps come again.</summary>
    /// <exception cref="PipelineException">The file cannot be read or written.</exception>
    public static MetricsLog Resume(string path, long step)
    {
        IEnumerable<string> kept = MetricsHistory.Read(path).All.Where(record => record.Step <= step).Select(Line);
        AtomicFile.WriteAllText(path, string.Concat(kept));
        return new MetricsLog(path);
    }

    /// <summary>Appends a record.</summary>
    /// <exception cref="PipelineException">The file cannot be written.</exception>
    public void Write(MetricRecord record)
    {
        try
        {
            _stream.Write(Encoding.UTF8.GetBytes(Line(record)));
            _stream.Flush();
        }
        catch (IOException e)
        {
            throw Unwritable(e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static string Line(MetricRecord record) => JsonSerializer.Serialize(record, Json) + "\n";

    private PipelineException Unwritable(Exception e) => new($"{_path} cannot be written: {e.Message} Check the disk's free space and the folder's permissions.", e);
}
