namespace MhcPipeline.Serve.Api.Responses;

/// <summary>What the generated tokens were.</summary>
/// <param name="ReasoningTokens">Always 0: these models do not reason apart from their answer.</param>
public sealed record OutputTokensDetails(int ReasoningTokens);
