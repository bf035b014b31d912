namespace MhcPipeline.Serve.Api.Responses;

/// <summary>Why a response failed.</summary>
/// <param name="Code">A word for programs.</param>
/// <param name="Message">For people.</param>
public sealed record ResponseError(string Code, string Message);
