using MhcPipeline.Export.Verification;
using MhcPipeline.Export.Weights;

namespace MhcPipeline.Export.Output;

/// <summary>What one precision makes of a run.</summary>
/// <param name="Precision">How weights are stored.</param>
/// <param name="Bytes">model.onnx and model.onnx.data together.</param>
/// <param name="Verification">Errors of the logits.</param>
/// <param name="ValidationLoss">Nats a token on the run's validation sample; null if it has none.</param>
/// <param name="ExactMatch">Share of held-out items answered exactly, 0 to 1; null if it was not measured.</param>
internal sealed record PrecisionResult(ExportPrecision Precision, long Bytes, VerificationResult Verification, double? ValidationLoss, double? ExactMatch)
{
    /// <summary>Whether the export of this precision succeeds.</summary>
    public bool Accepted => LogitLimit.Of(Precision).Accepts(Verification);
}
