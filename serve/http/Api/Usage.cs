namespace MhcPipeline.Serve.Api;

/// <summary>Numbers of tokens.</summary>
/// <param name="PromptTokens">Tokens of the prompts.</param>
/// <param name="CompletionTokens">Tokens generated, all answers together.</param>
/// <param name="TotalTokens">Their sum.</param>
public sealed record Usage(int PromptTokens, int CompletionTokens, int TotalTokens);
