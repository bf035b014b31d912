namespace MhcPipeline.Export.Verification;

/// <summary>How far the exported model's logits are from the training forward pass's, or where that left none, from those of its own whole sequences.</summary>
/// <param name="Against">What it was compared with.</param>
/// <param name="Sequences">Number of sequences compared.</param>
/// <param name="Tokens">Tokens in each.</param>
/// <param name="Prefill">Whole sequences at once; null where they are what is compared with.</param>
/// <param name="Chunked">Sequences in pieces on top of one another, then token by token.</param>
/// <param name="Decode">All sequences together token by token, each of a length of its own.</param>
/// <param name="LargestLogit">Largest absolute logit that was compared with, to see the errors against.</param>
internal sealed record VerificationResult(string Against, int Sequences, int Tokens, LogitError? Prefill, LogitError Chunked, LogitError Decode, float LargestLogit)
{
    /// <summary>The largest error of them.</summary>
    public float Error => MathF.Max(Prefill?.Largest ?? 0, MathF.Max(Chunked.Largest, Decode.Largest));

    /// <summary>The largest root mean square of them.</summary>
    public float Relative => MathF.Max(Prefill?.Relative ?? 0, MathF.Max(Chunked.Relative, Decode.Relative));
}
