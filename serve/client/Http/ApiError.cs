namespace MhcPipeline.Client.Http;

/// <summary>What went wrong, in OpenAI's shape.</summary>
internal sealed record ApiError(string? Message, string? Param, string? Code);
