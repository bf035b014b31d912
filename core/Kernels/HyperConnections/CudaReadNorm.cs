namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>The RMSNorm that a sublayer begins with, folded into the read: addresses on the device.</summary>
/// <param name="Weight">float32 [C].</param>
/// <param name="Normed">weight u / rms(u) [T,C], written, of the streams' type.</param>
/// <param name="Roots">1 / sqrt(mean(u^2) + eps) [T], written, float32.</param>
/// <param name="Eps">Added to the mean square.</param>
public readonly record struct CudaReadNorm(nint Weight, nint Normed, nint Roots, float Eps);
