using System.Text;
using System.Text.Json.Serialization;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Microsoft.SemanticKernel;

public class StreamingChatMessageContent : StreamingKernelContent
{
    private StreamingKernelContentItemCollection? _items;
    private Encoding _encoding;
    private string? _authorName;

    [JsonConstructor]
    public StreamingChatMessageContent(
        AuthorRole? role,
        string? content,
        object? innerContent = null,
        int choiceIndex = 0,
        string? modelId = null,
        Encoding? encoding = null,
        IReadOnlyDictionary<string, object?>? metadata = null)
        : base(innerContent, choiceIndex, modelId, metadata)
    {
        Role = role;
        _encoding = encoding ?? Encoding.UTF8;
        Content = content;
    }

    /// <summary>The text of the first text item; setting it adds one where there is none.</summary>
    public string? Content
    {
        get => FirstText?.Text;
        set
        {
            if (FirstText is { } text) text.Text = value;
            else if (value is not null) Items.Add(new StreamingTextContent(value, ChoiceIndex, ModelId, InnerContent, _encoding, Metadata));
        }
    }

    [JsonIgnore]
    public StreamingKernelContentItemCollection Items
    {
        get => _items ??= [];
        set => _items = value;
    }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AuthorName
    {
        get => _authorName;
        set => _authorName = string.IsNullOrWhiteSpace(value) ? null : value;
    }

    public AuthorRole? Role { get; set; }

    [JsonIgnore]
    public Encoding Encoding
    {
        get => FirstText?.Encoding ?? _encoding;
        set
        {
            _encoding = value;
            if (FirstText is { } text) text.Encoding = value;
        }
    }

    private StreamingTextContent? FirstText => Items.OfType<StreamingTextContent>().FirstOrDefault();

    public override string ToString() => Content ?? string.Empty;

    public override byte[] ToByteArray() => Encoding.GetBytes(ToString());
}
