using System.Text.Encodings.Web;
using System.Text.Json;
using MhcPipeline.Core.Text;

namespace MhcPipeline.Core.Corpus;

/// <summary>Writes conversations as JSON lines: {"messages":[{"role":…,"content":…},…],"task":"extract"|"answer"|"classify"}.</summary>
public static class CorpusFile
{
    private static readonly JsonWriterOptions _compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one item a line (UTF-8, no byte order mark), reading the items as it goes.</summary>
    /// <param name="stream">Where to write; left open.</param>
    /// <param name="items">The conversations.</param>
    public static void Write(Stream stream, IEnumerable<CorpusItem> items)
    {
        using Utf8JsonWriter json = new(stream, _compact);
        foreach (CorpusItem item in items)
        {
            json.WriteStartObject();
            json.WriteStartArray("messages");
            foreach (ChatTurn turn in item.Messages)
            {
                json.WriteStartObject();
                json.WriteString("role", turn.Role);
                json.WriteString("content", turn.Content);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteString("task", TaskName(item.Task));
            json.WriteEndObject();
            json.Flush();
            json.Reset();
            stream.Write("\n"u8);
        }
    }

    /// <summary>Writes a file, for example a run's heldout.jsonl; a half-written file is never left behind under this name.</summary>
    public static void Write(string path, IEnumerable<CorpusItem> items) => AtomicFile.Write(path, stream => Write(stream, items));

    /// <summary>The name of a task in a file.</summary>
    public static string TaskName(CorpusTask task) => task switch
    {
        CorpusTask.Extract => "extract",
        CorpusTask.Answer => "answer",
        _ => "classify",
    };
}
