namespace MhcPipeline.GpuCheck;

/// <summary>How far a tensor of the kernels is from the reference.</summary>
/// <param name="Tensor">Its name.</param>
/// <param name="Error">The largest difference beyond the rounding of the stored type, divided by the tensor's largest number.</param>
/// <param name="Limit">What the error may be.</param>
public readonly record struct CheckResult(string Tensor, double Error, double Limit)
{
    /// <summary>Whether the tensor is right; NaN, which memory holds before kernels write it, is not.</summary>
    public bool Passes => Error <= Limit;
}
