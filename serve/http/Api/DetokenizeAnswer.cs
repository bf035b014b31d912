namespace MhcPipeline.Serve.Api;

/// <summary>Answer of POST /v1/detokenize.</summary>
/// <param name="Prompt">The tokens' text, special tokens by their names.</param>
public sealed record DetokenizeAnswer(string Prompt);
