using System.Text;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.Optimization;
using MhcPipeline.Core.Kernels.Sublayers;
using MhcPipeline.Cuda.Tests.Compile;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Cases;

/// <summary>The programs of sublayers and optimizers compiled for GPUs: those of <see cref="SiteProgramTests.Architectures"/>.</summary>
public sealed class ProgramTests
{
    /// <summary>Of a thread. Kernels that stream need several blocks a multiprocessor; the product has its results in registers.</summary>
    private const int Registers = 48;

    /// <summary>What every GPU grants a block unasked.</summary>
    private const int SharedBytes = 48 << 10;

    private static readonly Dictionary<string, int> _registers = new(StringComparer.Ordinal) { ["rms_norm_backward"] = 96, ["muon_product"] = 168 };

    [NvrtcTheory]
    [MemberData(nameof(SiteProgramTests.Architectures), MemberType = typeof(SiteProgramTests))]
    public void Programs_compile_without_a_spill_or_a_warning_and_their_launches_fit_the_GPU(string architecture)
    {
        List<string> wrong = [];
        foreach ((CudaProgram program, Dictionary<string, KernelLaunches> kernels) in Programs())
        {
            CompiledProgram made = CompilerAtHand.Nvrtc.Compile(program.Name, program.Text(), new CudaTarget(architecture), "--ptxas-options=-v");
            Dictionary<string, KernelUse> uses = KernelUse.Of(made.Log).ToDictionary(use => use.Kernel, StringComparer.Ordinal);
            Assert.Equal(uses.Keys.Order(StringComparer.Ordinal), kernels.Keys.Order(StringComparer.Ordinal)); // every kernel is launched
            foreach ((string kernel, KernelLaunches launches) in kernels)
            {
                KernelUse use = uses[kernel];
                if (use.SpillBytes > 0 || use.Registers > _registers.GetValueOrDefault(kernel, Registers))
                    wrong.Add($"{program.Name}: {use} spills or takes too much");
                if (!use.Fits(launches.Threads) || use.SharedBytes + launches.SharedBytes > SharedBytes)
                    wrong.Add($"{program.Name}: {use} does not fit with {launches}");
            }
            wrong.AddRange(made.Log.Split('\n').Where(line => line.Contains("warning", StringComparison.Ordinal)).Select(line => $"{program.Name}: {line}"));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [NvrtcFact]
    public void Launches_have_as_many_arguments_as_kernels_have_parameters()
    {
        foreach ((CudaProgram program, Dictionary<string, KernelLaunches> kernels) in Programs())
        {
            string ptx = Encoding.UTF8.GetString(CompilerAtHand.Nvrtc.Compile(program.Name, program.Text(), new CudaTarget("compute_80")).Image);
            foreach ((string kernel, KernelLaunches launches) in kernels)
                Assert.Equal((kernel, KernelUse.Parameters(ptx, kernel)), (kernel, launches.Arguments));
        }
    }

    /// <summary>Every launch class, of few and of many rows and columns, at made-up addresses.</summary>
    private static IReadOnlyCollection<(CudaProgram Program, Dictionary<string, KernelLaunches> Kernels)> Programs()
    {
        const nint at = 1 << 20;
        RecordingLauncher launcher = new();
        foreach ((int tokens, int width) in ((int, int)[])[(1, 1), (41, 320), (32768, 4096), (8192, 8192)])
        {
            foreach (CudaElement type in Enum.GetValues<CudaElement>())
            {
                foreach (CudaElement weights in Enum.GetValues<CudaElement>())
                {
                    CudaRmsNorm norm = new(launcher, type, tokens, width, weights);
                    norm.Forward(at, at, 1e-6, at, at);
                    norm.Backward(at, at, at, at, at, at, at);
                }
                CudaSwiGlu gates = new(launcher, type, tokens, 4 * width);
                gates.Forward(at, at);
                gates.Backward(at, at, at, at);
                new CudaCrossEntropy(launcher, type, tokens, 16 * width).Sum(at, at, at, at, gradient: true);
            }
            long count = (long)tokens * width;
            new CudaGradientNorm(launcher, count).Norm(at, 1, at, at);
            new CudaAdamW(launcher).Step(at, at, at, at, count, count / 2, 0.9, 0.9, 0.99, 0.1, 1e-8, at, at);
            new CudaMuon(launcher, 4, width, 4 * width).Step(at, at, at, at, 0.9, 0.1, 0.1, at, at, at);
        }
        return launcher.Programs;
    }
}
