using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Core.Kernels.Optimization;

/// <summary>The programs of the optimizers' CUDA kernels.</summary>
public static class CudaOptimizerPrograms
{
    /// <summary>A step of AdamW (23).</summary>
    public static CudaProgram AdamW { get; } = Program("adamw", "23_adamw.cu");

    /// <summary>The gradient's norm (24).</summary>
    public static CudaProgram GradientNorm { get; } = Program("gradient_norm", "sums.cuh", "24_gradient_norm.cu");

    /// <summary>A step of Muon (25).</summary>
    public static CudaProgram Muon { get; } = Program("muon", "sums.cuh", "25_muon.cu");

    private static CudaProgram Program(string name, params string[] sources) => new(name, ["words.cuh", "rows.cuh", .. sources], [new("BF16", "1")]);
}
