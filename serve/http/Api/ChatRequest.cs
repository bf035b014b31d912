using System.ComponentModel;
using System.Text.Json;

namespace MhcPipeline.Serve.Api;

/// <summary>Body of POST /v1/chat/completions.</summary>
public sealed record ChatRequest : SamplingFields
{
    /// <summary>The conversation so far.</summary>
    public IReadOnlyList<ChatRequestMessage>? Messages { get; init; }

    /// <summary>The newer name of max_tokens.</summary>
    public int? MaxCompletionTokens { get; init; }

    /// <summary>Turns log-probabilities on.</summary>
    public bool? Logprobs { get; init; }

    /// <summary>Number of alternatives for each token, 0 to 20.</summary>
    public int? TopLogprobs { get; init; }

    /// <summary>Only type text.</summary>
    [Description("Only {\"type\": \"text\"} is supported.")]
    public ResponseFormat? ResponseFormat { get; init; }

    /// <summary>Tool definitions; not supported.</summary>
    [Description("Not supported: must be empty or left out.")]
    public JsonElement? Tools { get; init; }

    /// <summary>Choice of a tool; only none or auto.</summary>
    [Description("Only \"none\" and \"auto\", as there are no tools.")]
    public JsonElement? ToolChoice { get; init; }

    /// <summary>The older name of tools; not supported.</summary>
    [Description("Not supported: must be empty or left out.")]
    public JsonElement? Functions { get; init; }

    /// <summary>Kinds of output; only text.</summary>
    [Description("Only [\"text\"] is supported.")]
    public IReadOnlyList<string>? Modalities { get; init; }
}
