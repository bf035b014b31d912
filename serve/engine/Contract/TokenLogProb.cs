namespace MhcPipeline.Engine.Contract;

/// <summary>A token and the natural logarithm of its probability.</summary>
/// <param name="TokenId">The token.</param>
/// <param name="LogProb">Natural logarithm of its probability under the model, before bias, penalties and temperature.</param>
public readonly record struct TokenLogProb(int TokenId, double LogProb);
