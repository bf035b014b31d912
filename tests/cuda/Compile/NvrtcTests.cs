using System.Text;
using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.Cuda;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Compile;

public sealed class NvrtcTests
{
    private const string Add = "extern \"C\" __global__ void add(float* to, const float* from, int count)\n{\n    int i = blockIdx.x * blockDim.x + threadIdx.x;\n    if (i < count)\n        to[i] += from[i];\n}\n";

    [NvrtcFact]
    public void It_knows_Ampere_Ada_and_Hopper()
    {
        Assert.True(CompilerAtHand.Nvrtc.Version >= new Version(11, 2));
        Assert.Superset(new HashSet<int> { 80, 86, 89, 90 }, CompilerAtHand.Nvrtc.Architectures.ToHashSet());
    }

    [NvrtcFact]
    public void Machine_code_is_an_ELF_file()
    {
        CompiledProgram made = CompilerAtHand.Nvrtc.Compile("add", Add, new CudaTarget("sm_90"));

        Assert.Equal([0x7f, .. "ELF"u8], made.Image[..4]);
        Assert.Equal("", made.Log);
    }

    [NvrtcFact]
    public void PTX_is_text_for_its_architecture()
    {
        string ptx = Encoding.UTF8.GetString(CompilerAtHand.Nvrtc.Compile("add", Add, new CudaTarget("compute_80")).Image);

        Assert.Contains(".target sm_80", ptx);
        Assert.Contains(".visible .entry add(", ptx);
    }

    [NvrtcFact]
    public void The_log_has_what_each_kernel_takes()
    {
        string text = "extern \"C\" __global__ void second(float* to) { __shared__ float kept[256]; kept[threadIdx.x] = to[threadIdx.x]; __syncthreads(); to[threadIdx.x] = kept[255 - threadIdx.x]; }\n" + Add;
        IReadOnlyList<KernelUse> uses = KernelUse.Of(CompilerAtHand.Nvrtc.Compile("two", text, new CudaTarget("sm_80"), "--ptxas-options=-v").Log);

        Assert.Equal(["add", "second"], uses.Select(use => use.Kernel).Order());
        Assert.All(uses, use => Assert.InRange(use.Registers, 4, 32));
        Assert.All(uses, use => Assert.Equal(0, use.SpillBytes));
        Assert.Equal([0, 1024], uses.OrderBy(use => use.Kernel).Select(use => use.SharedBytes));
    }

    [NvrtcFact]
    public void A_spill_shows_in_the_log()
    {
        string values = string.Join('\n', Enumerable.Range(0, 64).Select(i => $"    float v{i} = at[{i} * 1024 + threadIdx.x];"));
        string sums = string.Join('\n', Enumerable.Range(0, 64).Select(i => $"    at[{i} * 1024 + threadIdx.x] = v{63 - i} * v{i} + v{(i * 7) % 64};"));
        string text = $"extern \"C\" __global__ void __launch_bounds__(1024, 2) many(float* at)\n{{\n{values}\n    __syncthreads();\n{sums}\n}}\n";

        KernelUse use = Assert.Single(KernelUse.Of(CompilerAtHand.Nvrtc.Compile("many", text, new CudaTarget("sm_80"), "--ptxas-options=-v").Log));

        Assert.True(use.SpillBytes > 0, use.ToString());
        Assert.True(use.Fits(1024), use.ToString());
    }

    [NvrtcFact]
    public void An_error_names_the_source_and_its_line()
    {
        var e = Assert.Throws<PipelineException>(() =>
            CompilerAtHand.Nvrtc.Compile("wrong", "#line 1 \"maps.cuh\"\nint first;\nint second = third;\n", new CudaTarget("sm_90")));

        Assert.StartsWith($"CUDA program wrong does not compile for sm_90 with {CompilerAtHand.Nvrtc} (NVRTC_ERROR_COMPILATION):\nmaps.cuh(2): error: identifier \"third\" is undefined", e.Message);
    }

    [NvrtcFact]
    public void An_architecture_that_it_does_not_know_is_an_error_of_ours()
    {
        var e = Assert.Throws<PipelineException>(() => CompilerAtHand.Nvrtc.Compile("add", Add, new CudaTarget("sm_79")));

        Assert.Contains("CUDA program add does not compile for sm_79", e.Message);
        Assert.Contains("sm_79", e.Message);
    }

    [NvrtcFact]
    public void Several_threads_compile_at_once()
    {
        byte[][] images = new byte[4][];
        Parallel.For(0, images.Length, i => images[i] = CompilerAtHand.Nvrtc.Compile("add", Add, new CudaTarget("sm_80")).Image);

        Assert.All(images, image => Assert.Equal(images[0], image));
    }

    [Fact]
    public void Registers_are_counted_in_a_warp_s_units()
    {
        var use = new KernelUse("k", Registers: 129, 0, 0, 0);

        Assert.Equal(8 * 4352, use.RegistersOfBlock(256)); // 129 * 32 = 4128, in units of 256: 4352
        Assert.Equal(4352, use.RegistersOfBlock(1));
        Assert.True(use.Fits(480));
        Assert.False(use.Fits(481));
    }
}
