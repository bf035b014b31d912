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

    /// <summary>The form that the answer has to have.</summary>
    public ResponseFormat? ResponseFormat { get; init; }

    /// <summary>More forms than <see cref="ResponseFormat"/> knows.</summary>
    [Description("Extension: one of json (a schema), json_object, regex, choice and grammar.")]
    public StructuredOutputs? StructuredOutputs { get; init; }

    /// <summary>Functions that the model may ask to be called.</summary>
    public IReadOnlyList<ChatTool>? Tools { get; init; }

    /// <summary>Whether it has to.</summary>
    [Description("none, auto (where there are tools), required, or {\"type\": \"function\", \"function\": {\"name\": ...}}.")]
    public JsonElement? ToolChoice { get; init; }

    /// <summary>Whether one answer may have several calls.</summary>
    public bool? ParallelToolCalls { get; init; }
}
