namespace MhcPipeline.Serve.Api;

/// <summary>What became of the prompts' tokens.</summary>
/// <param name="CachedTokens">Tokens that were not computed, because the server held a text that begins alike.</param>
public sealed record PromptTokensDetails(int CachedTokens);
