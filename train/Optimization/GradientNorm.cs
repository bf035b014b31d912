using static TorchSharp.torch;

namespace MhcPipeline.Train.Optimization;

/// <summary>How long a gradient was, and what shortens it; on the gradient's device, for which nothing has waited.</summary>
/// <param name="Norm">Euclidean, before clipping: a scalar, NaN or infinite when the gradient is.</param>
/// <param name="Factor">What the optimizer is to multiply the gradient by, float32: NaN where the norm is no finite number, and it then changes nothing. Null where the
/// gradient has been shortened in its place.</param>
public sealed record GradientNorm(Tensor Norm, Tensor? Factor);
