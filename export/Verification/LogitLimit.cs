using MhcPipeline.Export.Weights;

namespace MhcPipeline.Export.Verification;

/// <summary>
/// How far logits may be from training's. Plain float32 arithmetic is held to an absolute error. Rounded weights are held to a share of the logits,
/// both as root mean squares: a trained model stays far below it, and a graph that is wrong (codes in another order, another zero) is off by about 1.
/// </summary>
/// <param name="Largest">Largest absolute error of a logit, or null.</param>
/// <param name="Relative">Largest root mean square of the errors over that of the logits, or null.</param>
internal sealed record LogitLimit(float? Largest, float? Relative)
{
    /// <summary>The limit of a precision.</summary>
    public static LogitLimit Of(ExportPrecision precision) => precision switch
    {
        ExportPrecision.Float32 => new(1e-3f, null),
        ExportPrecision.Float16 => new(null, 0.02f),
        ExportPrecision.BFloat16 => new(null, 0.05f),
        ExportPrecision.Int8 => new(null, 0.05f),
        ExportPrecision.Int4 => new(null, 0.4f),
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "not a precision"),
    };

    /// <summary>Whether errors are within the limit.</summary>
    public bool Accepts(VerificationResult result) => !(result.Error > Largest) && !(result.Relative > Relative) && float.IsFinite(result.Error);

    /// <inheritdoc/>
    public override string ToString() => Largest is { } largest ? FormattableString.Invariant($"up to {largest:0e+0}") : FormattableString.Invariant($"up to {100 * Relative:0.#} % of the logits");
}
