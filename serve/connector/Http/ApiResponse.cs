namespace MhcPipeline.Connector.Http;

/// <summary>What the endpoint answers: a whole answer, or one chunk of a streamed one. Fields that a given answer lacks are null.</summary>
internal sealed record ApiResponse(
    string? Id, long? Created, string? Model, IReadOnlyList<ApiChoice>? Choices, ApiUsage? Usage, ApiError? Error);

/// <summary>One answer or the next piece of it: chat has message or delta, completions have text.</summary>
internal sealed record ApiChoice(ApiMessage? Message, ApiMessage? Delta, string? Text, string? FinishReason)
{
    public string NewText => Delta?.Content ?? Message?.Content ?? Text ?? string.Empty;
}

/// <summary>What the model says.</summary>
internal sealed record ApiMessage(string? Content);

/// <summary>Numbers of tokens.</summary>
internal sealed record ApiUsage(long PromptTokens, long CompletionTokens, ApiPromptTokensDetails? PromptTokensDetails);

internal sealed record ApiPromptTokensDetails(long CachedTokens);

/// <summary>What went wrong, in OpenAI's shape.</summary>
internal sealed record ApiError(string? Message, string? Param, string? Code);

/// <summary>Answer of GET v1/models.</summary>
internal sealed record ApiModels(IReadOnlyList<ApiModel>? Data);

/// <summary>One model that the endpoint serves.</summary>
internal sealed record ApiModel(string Id);
