namespace MhcPipeline.Export.Verification;

/// <summary>How far the exported model's logits are from the training forward pass's.</summary>
/// <param name="Sequences">Number of sequences compared.</param>
/// <param name="Tokens">Tokens in each.</param>
/// <param name="Prefill">Whole sequences at once.</param>
/// <param name="Chunked">Sequences in pieces on top of one another, then token by token.</param>
/// <param name="Decode">All sequences together token by token, each of a length of its own.</param>
/// <param name="LargestLogit">Largest absolute logit of the training forward pass, to see the errors against.</param>
internal sealed record VerificationResult(int Sequences, int Tokens, LogitError Prefill, LogitError Chunked, LogitError Decode, float LargestLogit)
{
    /// <summary>The largest error of the three.</summary>
    public float Error => MathF.Max(Prefill.Largest, MathF.Max(Chunked.Largest, Decode.Largest));

    /// <summary>The largest root mean square of the three.</summary>
    public float Relative => MathF.Max(Prefill.Relative, MathF.Max(Chunked.Relative, Decode.Relative));
}
