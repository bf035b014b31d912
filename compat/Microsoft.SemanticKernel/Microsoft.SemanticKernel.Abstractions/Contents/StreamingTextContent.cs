using System.Text;
using System.Text.Json.Serialization;

namespace Microsoft.SemanticKernel;

[method: JsonConstructor]
public class StreamingTextContent(
    string? text,
    int choiceIndex = 0,
    string? modelId = null,
    object? innerContent = null,
    Encoding? encoding = null,
    IReadOnlyDictionary<string, object?>? metadata = null)
    : StreamingKernelContent(innerContent, choiceIndex, modelId, metadata)
{
    public string? Text { get; set; } = text;

    [JsonIgnore]
    public Encoding Encoding { get; set; } = encoding ?? Encoding.UTF8;

    public override string ToString() => Text ?? string.Empty;

    public override byte[] ToByteArray() => Encoding.GetBytes(ToString());
}
