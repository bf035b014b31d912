using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.Optimization;
using MhcPipeline.Core.Kernels.Sublayers;
using MhcPipeline.Cuda.Tests.Host;
using MhcPipeline.Cuda.Tests.Optimization;
using MhcPipeline.Cuda.Tests.Sublayers;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Cases;

/// <summary>
/// A case for each program of sublayers and optimizers, of sizes at which every launch has a last block with less to do and every loop and
/// barrier counts: what is deleted of a source or a launch must show.
/// </summary>
internal static class KernelCases
{
    private const CudaElement Bf16 = CudaElement.BFloat16, F32 = CudaElement.Float32;

    public static IReadOnlyDictionary<string, (Func<KernelCase> Case, CudaProgram Program)> All { get; } = new Dictionary<string, (Func<KernelCase>, CudaProgram)>(StringComparer.Ordinal)
    {
        ["rms_norm_bf16"] = (() => new RmsNormCase(Bf16, F32, 70, 600), CudaSublayerPrograms.RmsNorm(Bf16, F32)),
        ["rms_norm_f32"] = (() => new RmsNormCase(F32, F32, 37, 269), CudaSublayerPrograms.RmsNorm(F32, F32)),
        ["swiglu_bf16"] = (() => new SwiGluCase(Bf16, 9, 264), CudaSublayerPrograms.SwiGlu(Bf16)),
        ["swiglu_f32"] = (() => new SwiGluCase(F32, 9, 267), CudaSublayerPrograms.SwiGlu(F32)),
        ["cross_entropy_bf16"] = (() => new CrossEntropyCase(Bf16, 11, 4392), CudaSublayerPrograms.CrossEntropy(Bf16)),
        ["cross_entropy_f32"] = (() => new CrossEntropyCase(F32, 35, 331), CudaSublayerPrograms.CrossEntropy(F32)),
        ["adamw"] = (() => new AdamWCase(5001, 3333, 0, 10), CudaOptimizerPrograms.AdamW),
        ["gradient_norm"] = (() => new AdamWCase(9000, 100, 3, 10), CudaOptimizerPrograms.GradientNorm),
        ["muon"] = (() => new MuonCase(2, 140, 130, steps: 2), CudaOptimizerPrograms.Muon),
    };

    public static TheoryData<string> Names() => [.. All.Keys];

    public static KernelCase Of(string name) => All[name].Case();
}
