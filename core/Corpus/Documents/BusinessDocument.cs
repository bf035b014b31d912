using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MhcPipeline.Core.Corpus.Documents;

/// <summary>A document and everything that can be asked about it.</summary>
/// <param name="Text">The document as a user would paste it.</param>
/// <param name="Label">Its label, one of <see cref="CorpusInstructions.Labels"/>.</param>
/// <param name="Fields">Its fields, in the order of the JSON answer, which is fixed per kind of document.</param>
/// <param name="Distractors">Other names, numbers, amounts and dates that the text mentions.</param>
public sealed record BusinessDocument(string Text, string Label, IReadOnlyList<DocumentField> Fields, IReadOnlyList<string> Distractors)
{
    private static readonly JsonWriterOptions _compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The expected answer to <see cref="CorpusInstructions.Extract"/>: compact JSON, keys in the order of <see cref="Fields"/>.</summary>
    public string ToJson()
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, _compact))
        {
            json.WriteStartObject();
            foreach (DocumentField field in Fields)
            {
                json.WritePropertyName(field.Name);
                if (field.IsNumber)
                    json.WriteRawValue(field.Value);
                else
                    json.WriteStringValue(field.Value);
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
