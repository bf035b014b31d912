namespace MhcPipeline.Serve.Api;

/// <summary>Numbers of tokens.</summary>
/// <param name="PromptTokens">Tokens of the prompts.</param>
/// <param name="CompletionTokens">Tokens generated, all answers together.</param>
/// <param name="TotalTokens">Their sum.</param>
/// <param name="PromptTokensDetails">What became of the prompts' tokens.</param>
public sealed record Usage(int PromptTokens, int CompletionTokens, int TotalTokens, PromptTokensDetails PromptTokensDetails)
{
    /// <summary>Adds up.</summary>
    /// <param name="prompt">Tokens of the prompts.</param>
    /// <param name="cached">Those of them that the server had computed before.</param>
    /// <param name="generated">Tokens generated, all answers together.</param>
    internal static Usage Of(int prompt, int cached, int generated) => new(prompt, generated, prompt + generated, new PromptTokensDetails(cached));
}
