namespace MhcPipeline.Bench.Inference;

/// <summary>One generated text.</summary>
/// <param name="Tokens">What was generated.</param>
/// <param name="First">Seconds from the request to the first token.</param>
/// <param name="All">Seconds from the request to the last token.</param>
internal sealed record Generation(IReadOnlyList<int> Tokens, double First, double All);
