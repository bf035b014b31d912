namespace MhcPipeline.Tokenization;

/// <summary>A conversation as training sees it.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="LossMask">As long as <paramref name="Ids"/>: true where the model is to learn to produce that token.</param>
public sealed record ChatTokens(int[] Ids, bool[] LossMask);
