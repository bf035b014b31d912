using System.Collections.Concurrent;
using System.Text;
using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Compile;

/// <summary>
/// Every program that a site's kernels ask for, compiled for GPUs. By default a part of them for the oldest and the newest GPU that every
/// NVRTC knows; with MHC_CUDA_COMPILE=all (make nvrtc-test) all of them for every GPU that this NVRTC knows.
/// </summary>
public sealed class SiteProgramTests
{
    private static readonly bool _all = Environment.GetEnvironmentVariable("MHC_CUDA_COMPILE") == "all";

    /// <summary>The plain kernels keep a token's numbers in local arrays; they are there to be right, the others to be fast.</summary>
    private const int SpillBytesOfPlain = 2048;

    /// <summary>Shared memory that a block may ask for (CUDA C++ Programming Guide, table of compute capabilities).</summary>
    private static readonly Dictionary<int, int> _sharedBytes = new() { [80] = 163 << 10, [86] = 99 << 10, [89] = 99 << 10, [90] = 227 << 10, [100] = 227 << 10, [120] = 99 << 10 };

    public static TheoryData<string> Architectures()
    {
        int[] tried = _all ? [80, 86, 89, 90, 100, 120] : [80, 90];
        TheoryData<string> data = [];
        foreach (int architecture in CompilerAtHand.Missing is null ? tried.Where(CompilerAtHand.Nvrtc.Architectures.Contains) : tried)
            data.Add($"sm_{architecture}");
        if (_all && CompilerAtHand.Missing is null && CompilerAtHand.Nvrtc.Version.Major >= 12)
            data.Add("sm_90a");
        return data;
    }

    [NvrtcTheory]
    [MemberData(nameof(Architectures))]
    public void Programs_compile_without_a_spill_and_their_launches_fit_the_GPU(string architecture)
    {
        int shared = _sharedBytes[int.Parse(architecture.AsSpan()["sm_".Length..].TrimEnd('a'))];
        ConcurrentBag<string> wrong = [];
        Parallel.ForEach(Programs(shared), recorded =>
        {
            (CudaProgram program, Dictionary<string, KernelLaunches> kernels) = recorded;
            CompiledProgram made = CompilerAtHand.Nvrtc.Compile(program.Name, program.Text(), new CudaTarget(architecture), "--ptxas-options=-v");
            Dictionary<string, KernelUse> uses = KernelUse.Of(made.Log).ToDictionary(use => use.Kernel);
            foreach ((string kernel, KernelLaunches launches) in kernels)
            {
                if (!uses.TryGetValue(kernel, out KernelUse? use))
                    wrong.Add($"{program.Name} has no {kernel}");
                else if (use.SpillBytes > (program.Name.StartsWith("site_plain", StringComparison.Ordinal) ? SpillBytesOfPlain : 0))
                    wrong.Add($"{program.Name}: {use} spills");
                else if (!use.Fits(launches.Threads) || use.SharedBytes + launches.SharedBytes > shared)
                    wrong.Add($"{program.Name}: {use} does not fit with {launches}");
            }
            if (made.Log.Contains("warning", StringComparison.Ordinal))
                wrong.Add($"{program.Name}: {made.Log}");
        });

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order()));
    }

    [NvrtcFact]
    public void Launches_have_as_many_arguments_as_kernels_have_parameters()
    {
        ConcurrentBag<string> wrong = [];
        Parallel.ForEach(Programs(_sharedBytes[90]), recorded =>
        {
            string ptx = Encoding.UTF8.GetString(CompilerAtHand.Nvrtc.Compile(recorded.Program.Name, recorded.Program.Text(), new CudaTarget("compute_80")).Image);
            foreach ((string kernel, KernelLaunches launches) in recorded.Kernels)
            {
                string head = ptx.Split($".entry {kernel}(")[1].Split(')')[0];
                int parameters = head.Split(".param").Length - 1;
                if (parameters != launches.Arguments)
                    wrong.Add($"{recorded.Program.Name}: {kernel} has {parameters} parameters and gets {launches.Arguments} arguments");
            }
        });

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order()));
    }

    [Fact]
    public void All_connections_and_numbers_of_streams_are_among_the_programs()
    {
        string[] names = [.. Programs(_sharedBytes[90], all: true).Select(recorded => recorded.Program.Name)];

        Assert.Equal(names.Length, names.Distinct().Count());
        foreach (string connection in (string[])["mhc", "hc", "identity", "head"])
        {
            for (int n = 1; n <= 8; n++)
            {
                Assert.Contains(names, name => name.Contains($"_{connection}_{n}_bf16", StringComparison.Ordinal));
                Assert.Contains(names, name => name.Contains($"_{connection}_{n}_f32", StringComparison.Ordinal));
            }
        }
        Assert.Contains(names, name => name.Contains("_mhc_lite_4_bf16", StringComparison.Ordinal));
    }

    private static IReadOnlyCollection<(CudaProgram Program, Dictionary<string, KernelLaunches> Kernels)> Programs(int shared) => Programs(shared, _all);

    private static IReadOnlyCollection<(CudaProgram Program, Dictionary<string, KernelLaunches> Kernels)> Programs(int shared, bool all)
    {
        RecordingLauncher launcher = new();
        foreach (int n in (int[])(all ? [1, 2, 3, 4, 5, 6, 7, 8] : [2, 4, 8]))
        {
            var options = new MhcOptions(n, 20, 1e-6, 1e-6);
            SiteMap[] maps = [new MhcMap(options), new HcMap(options), new IdentityMap(options), new HeadMap(options), new SumMap(n)];
            if (n <= MhcLiteMap.MaximumStreams)
                maps = [.. maps, new MhcLiteMap(options)];
            foreach (SiteMap map in all || n == 4 ? maps : maps[..1])
            {
                foreach (CudaStreamType type in all || n == 4 ? Enum.GetValues<CudaStreamType>() : [CudaStreamType.BFloat16])
                    Ask(launcher, map, options, type);
            }
        }
        return launcher.Programs;
    }

    /// <summary>All passes, of few and many tokens, of widths that fast kernels take and of one that they do not, at made-up addresses.</summary>
    private static void Ask(RecordingLauncher launcher, SiteMap map, MhcOptions options, CudaStreamType type)
    {
        nint at = 1 << 20;
        foreach (int tokens in (int[])[1, 41, 32768])
        {
            foreach (int width in (int[])[40, 320, 2560, 4096, 7168])
            {
                CudaSiteKernel site = new(launcher, map, options, new SiteShape(tokens, map.Streams, width), type);
                CudaSiteParameters parameters = new(at, at, at);
                CudaSiteGradients gradients = new()
                {
                    Streams = map.Writes ? at : 0,
                    Writing = map.Writes ? at : 0,
                    Input = at,
                    Embedding = at,
                    BeforeX = at,
                    BeforeOutput = at,
                    BeforeWriting = at,
                    Fn = at,
                    Bias = at,
                    Scale = at,
                };
                foreach (CudaBefore before in (CudaBefore[])[new() { Embedding = at }, new() { X = at, Output = at, Writing = at, Mixes = true }, new() { X = at, Output = at, Writing = at }])
                {
                    site.Write(before, at);
                    site.Forward(before, parameters, at, at, at, map.Writes ? at : 0, at, at);
                    site.Backward(before, parameters, at, at, gradients, at);
                }
            }
        }
    }
}
