namespace MhcPipeline.Client.Http;

/// <summary>Numbers of tokens.</summary>
internal sealed record ApiUsage(long PromptTokens, long CompletionTokens, ApiPromptTokensDetails? PromptTokensDetails);
