namespace MhcPipeline.Client.Http;

/// <summary>Where the prompt's tokens came from.</summary>
internal sealed record ApiPromptTokensDetails(long CachedTokens);
