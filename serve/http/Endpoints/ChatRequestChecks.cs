using System.Text.Json;
using MhcPipeline.Serve.Api;
using MhcPipeline.Serve.Errors;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>Refuses what chat clients may ask for and this server cannot do, rather than ignoring it.</summary>
internal static class ChatRequestChecks
{
    public static void RequireSupported(this ChatRequest request)
    {
        if (IsUsed(request.Tools) || IsUsed(request.Functions))
        {
            throw ApiException.Unsupported("Tools are not supported: this model was not trained to call them. Leave out 'tools' and 'functions'.", IsUsed(request.Tools) ? "tools" : "functions");
        }
        if (request.ToolChoice is { ValueKind: not JsonValueKind.Null } choice && !(choice.ValueKind == JsonValueKind.String && choice.GetString() is "none" or "auto"))
        {
            throw ApiException.Unsupported("'tool_choice' asks for a tool; tools are not supported.", "tool_choice");
        }
        if (request.ResponseFormat is { Type: not "text" } format)
        {
            throw ApiException.Unsupported($"'response_format' of type '{format.Type}' is not supported; only 'text' is. Ask for JSON in the message instead.", "response_format");
        }
        if (request.Modalities is { } modalities && modalities.Any(kind => kind != "text"))
        {
            throw ApiException.Unsupported("'modalities' may only be [\"text\"].", "modalities");
        }
        if (request.TopLogprobs is not null && request.Logprobs != true)
        {
            throw ApiException.Invalid("'top_logprobs' needs 'logprobs' to be true.", "top_logprobs");
        }
        if (request.TopLogprobs is < 0 or > 20)
        {
            throw ApiException.Invalid($"'top_logprobs' must be from 0 to 20, but {request.TopLogprobs} was given.", "top_logprobs");
        }
        if (request.MaxTokens is < 1 || request.MaxCompletionTokens is < 1)
        {
            string name = request.MaxCompletionTokens is < 1 ? "max_completion_tokens" : "max_tokens";
            throw ApiException.Invalid($"'{name}' must be 1 or more.", name);
        }
    }

    private static bool IsUsed(JsonElement? list) => list switch
    {
        null or { ValueKind: JsonValueKind.Null } => false,
        { ValueKind: JsonValueKind.Array } items => items.GetArrayLength() > 0,
        _ => true,
    };
}
