using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.GpuCheck.Cases;
using MhcPipeline.GpuCheck.Memory;

namespace MhcPipeline.GpuCheck.Checks;

/// <summary>Launches of sublayers and optimizers against the CPU's kernels; a second run must give the same bits.</summary>
/// <param name="Name">What, of which type and sizes.</param>
/// <param name="Short">Whether it is small.</param>
/// <param name="Case">The case, of a seed and with so much slack.</param>
internal sealed record CaseCheck(string Name, bool Short, Func<int, double, KernelCase> Case) : IKernelCheck
{
    /// <summary>Exponentials and roots of a GPU are a few units in the last place off.</summary>
    private const double DeviceSlack = 10;

    private const CudaElement Bf16 = CudaElement.BFloat16, F32 = CudaElement.Float32;

    /// <summary>A small case of each kernel and type, of sizes at which every launch has a last block with less to do, then one of a model's sizes.</summary>
    public static IEnumerable<CaseCheck> All() =>
    [
        new("RMSNorm, BFloat16, 70 tokens of 600", true, (seed, slack) => new RmsNormCase(Bf16, F32, 70, 600) { Seed = seed, Slack = slack }),
        new("RMSNorm, Float32, 37 tokens of 269", true, (seed, slack) => new RmsNormCase(F32, F32, 37, 269) { Seed = seed, Slack = slack }),
        new("RMSNorm, weight BFloat16, 5 tokens of 64", true, (seed, slack) => new RmsNormCase(Bf16, Bf16, 5, 64) { Seed = seed, Slack = slack }),
        new("RMSNorm, BFloat16, 2048 tokens of 2560", false, (seed, slack) => new RmsNormCase(Bf16, F32, 2048, 2560) { Seed = seed, Slack = slack }),
        new("SwiGLU, BFloat16, 9 tokens of 264", true, (seed, slack) => new SwiGluCase(Bf16, 9, 264) { Seed = seed, Slack = slack }),
        new("SwiGLU, Float32, 9 tokens of 267", true, (seed, slack) => new SwiGluCase(F32, 9, 267) { Seed = seed, Slack = slack }),
        new("SwiGLU, BFloat16, 1000 tokens of 6912", false, (seed, slack) => new SwiGluCase(Bf16, 1000, 6912) { Seed = seed, Slack = slack }),
        new("cross-entropy, BFloat16, 11 rows of 4392", true, (seed, slack) => new CrossEntropyCase(Bf16, 11, 4392) { Seed = seed, Slack = slack }),
        new("cross-entropy, Float32, 35 rows of 331", true, (seed, slack) => new CrossEntropyCase(F32, 35, 331) { Seed = seed, Slack = slack }),
        new("cross-entropy, Float32, 100 rows of 50257", false, (seed, slack) => new CrossEntropyCase(F32, 100, 50257) { Seed = seed, Slack = slack }),
        new("AdamW and the gradient's norm, 5001 elements", true, (seed, slack) => new AdamWCase(5001, 3333, 0, 10) { Seed = seed, Slack = slack }),
        new("AdamW and the gradient's norm, 9000 elements beside 16 bytes", true, (seed, slack) => new AdamWCase(9000, 100, 3, 10) { Seed = seed, Slack = slack }),
        new("AdamW and the gradient's norm, 4000001 elements", false, (seed, slack) => new AdamWCase(4000001, 3000000, 0, 10) { Seed = seed, Slack = slack }),
        // Its limits are roundings to bf16, which go the other way wherever a sum of a tensor core is a unit off.
        new("Muon, two steps, 2 matrices of 140 x 130", true, (seed, _) => new MuonCase(2, 140, 130, steps: 2) { Seed = seed, Slack = 2 }),
        new("Muon, 256 x 384", false, (seed, _) => new MuonCase(1, 256, 384) { Seed = seed, Slack = 2 }),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Run(ILauncher launcher, IDeviceMemory memory, int sharedLimit, int seed)
    {
        KernelCase first = Once(), second = Once();
        return first.Written.Zip(second.Written).All(pair => Bits(pair.First).SequenceEqual(Bits(pair.Second))) ? first.Wrong : [.. first.Wrong, "a second run gives other bits"];

        KernelCase Once()
        {
            KernelCase made = Case(seed, DeviceSlack);
            using var arrays = new DeviceArrays(memory);
            made.Run(launcher, arrays);
            arrays.Check();
            return made;
        }
    }

    private static IEnumerable<int> Bits(float[] values) => values.Select(BitConverter.SingleToInt32Bits);
}
