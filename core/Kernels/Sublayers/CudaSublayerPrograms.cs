using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Core.Kernels.Sublayers;

/// <summary>The programs of the sublayers' CUDA kernels; the same objects at every call, so that a launcher finds what it has loaded.</summary>
public static class CudaSublayerPrograms
{
    private static readonly CudaElement[] _elements = [CudaElement.Float32, CudaElement.BFloat16];
    private static readonly CudaProgram[][] _norms = [.. _elements.Select(type => _elements.Select(weights => Norm(type, weights)).ToArray())];
    private static readonly CudaProgram[] _gates = [.. _elements.Select(type => Program("swiglu", ["21_swiglu.cu"], type))];
    private static readonly CudaProgram[] _losses = [.. _elements.Select(type => Program("cross_entropy", ["sums.cuh", "22_cross_entropy.cu"], type))];

    /// <summary>RMSNorm (20).</summary>
    /// <param name="type">Of x, y and their gradients.</param>
    /// <param name="weights">Of the weight.</param>
    public static CudaProgram RmsNorm(CudaElement type, CudaElement weights) => _norms[(int)type][(int)weights];

    /// <summary>SwiGLU (21).</summary>
    /// <param name="type">Of everything.</param>
    public static CudaProgram SwiGlu(CudaElement type) => _gates[(int)type];

    /// <summary>Cross-entropy (22).</summary>
    /// <param name="type">Of the logits.</param>
    public static CudaProgram CrossEntropy(CudaElement type) => _losses[(int)type];

    private static CudaProgram Norm(CudaElement type, CudaElement weights) =>
        Program(weights == type ? "rms_norm" : $"rms_norm_{Suffix(weights)}_weight", ["20_rms_norm.cu"], type, new KeyValuePair<string, string>("WEIGHT_BF16", Number(weights)));

    private static CudaProgram Program(string name, string[] sources, CudaElement type, params KeyValuePair<string, string>[] macros) =>
        new($"{name}_{Suffix(type)}", ["words.cuh", "rows.cuh", .. sources], [new("BF16", Number(type)), .. macros]);

    private static string Suffix(CudaElement type) => type == CudaElement.BFloat16 ? "bf16" : "f32";

    private static string Number(CudaElement type) => type == CudaElement.BFloat16 ? "1" : "0";
}
