namespace MhcPipeline.Serve.Api.Responses;

/// <summary>Numbers of tokens.</summary>
/// <param name="InputTokens">Tokens of the prompt.</param>
/// <param name="InputTokensDetails">What became of them.</param>
/// <param name="OutputTokens">Tokens generated.</param>
/// <param name="OutputTokensDetails">What they were.</param>
/// <param name="TotalTokens">All of them.</param>
public sealed record ResponseUsage(
    int InputTokens, PromptTokensDetails InputTokensDetails, int OutputTokens, OutputTokensDetails OutputTokensDetails, int TotalTokens);
