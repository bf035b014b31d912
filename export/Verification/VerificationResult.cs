namespace MhcPipeline.Export.Verification;

/// <summary>How far the exported model's logits are from the training forward pass's.</summary>
/// <param name="Sequences">Number of sequences compared.</param>
/// <param name="Tokens">Tokens in each.</param>
/// <param name="PrefillError">Largest absolute error, whole sequences at once.</param>
/// <param name="DecodeError">Largest absolute error, token by token on the shared cache.</param>
/// <param name="LargestLogit">Largest absolute logit of the training forward pass, to see the errors against.</param>
internal sealed record VerificationResult(int Sequences, int Tokens, float PrefillError, float DecodeError, float LargestLogit)
{
    /// <summary>The larger of both errors.</summary>
    public float Error => MathF.Max(PrefillError, DecodeError);
}
