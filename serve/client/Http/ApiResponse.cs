namespace MhcPipeline.Client.Http;

/// <summary>What the endpoint answers: a whole answer, or one chunk of a streamed one. Fields that a given answer lacks are null.</summary>
internal sealed record ApiResponse(
    string? Id, long? Created, string? Model, IReadOnlyList<ApiChoice>? Choices, ApiUsage? Usage, ApiError? Error);
