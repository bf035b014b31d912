namespace MhcPipeline.Serve.Api;

/// <summary>Body of every answer that is not a success.</summary>
/// <param name="Error">What went wrong.</param>
public sealed record ApiError(ApiErrorDetail Error);
