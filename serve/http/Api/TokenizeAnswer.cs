namespace MhcPipeline.Serve.Api;

/// <summary>Answer of POST /v1/tokenize.</summary>
/// <param name="Count">Number of tokens.</param>
/// <param name="MaxModelLen">Most tokens of prompt and answer together.</param>
/// <param name="Tokens">Token ids.</param>
/// <param name="TokenStrs">Each token's text, where asked for; bytes:\x.. where it is not complete characters.</param>
public sealed record TokenizeAnswer(int Count, int MaxModelLen, IReadOnlyList<int> Tokens, IReadOnlyList<string>? TokenStrs);
