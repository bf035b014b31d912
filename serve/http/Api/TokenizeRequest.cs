using System.Text.Json;
using System.Text.Json.Serialization;

namespace MhcPipeline.Serve.Api;

/// <summary>Body of POST /v1/tokenize: a prompt, or a conversation.</summary>
public sealed record TokenizeRequest
{
    /// <summary>Name of the model; the one being served where left out.</summary>
    public string? Model { get; init; }

    /// <summary>A text, read as /v1/completions reads its prompt.</summary>
    public string? Prompt { get; init; }

    /// <summary>A conversation, read as /v1/chat/completions reads it.</summary>
    public IReadOnlyList<ChatRequestMessage>? Messages { get; init; }

    /// <summary>Tools that the conversation offers.</summary>
    public IReadOnlyList<ChatTool>? Tools { get; init; }

    /// <summary>Whether the answer has the tokens' texts too.</summary>
    public bool? ReturnTokenStrs { get; init; }

    /// <summary>Fields that this API does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; set; }
}
