using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Compile;

/// <summary>
/// Every program that a site's kernels ask for, compiled for GPUs. By default a part of them for the oldest and the newest GPU that every
/// NVRTC knows; with MHC_CUDA_COMPILE all of them, for the GPUs that it names (sm_86,sm_90a) or, with "all", for every one that this NVRTC knows
/// (make compile; some four minutes an architecture on two processors).
/// </summary>
public sealed class SiteProgramTests
{
    private static readonly string? _asked = Environment.GetEnvironmentVariable("MHC_CUDA_COMPILE");
    private static readonly bool _all = !string.IsNullOrEmpty(_asked);

    private static readonly string[] _part =
    [
        "site_plain_mhc_4_bf16", "site_fast_mixes_mhc_4_bf16", "site_fast_mixes_hc_4_bf16", "site_fast_mixes_mhc_4_f16",
        "site_reuse_mixes_mhc_4_bf16", "site_decode_mixes_mhc_4_bf16", "site_decode_mixes_mhc_4_f16", "site_decode_embedding_hc_1_bf16", "site_recompute_mixes_sum_4_bf16",
    ];

    /// <summary>Shared memory that a block may ask for (CUDA C++ Programming Guide, table of compute capabilities).</summary>
    private static readonly Dictionary<int, int> _sharedBytes = new() { [80] = 163 << 10, [86] = 99 << 10, [89] = 99 << 10, [90] = 227 << 10, [100] = 227 << 10, [120] = 99 << 10 };

    public static TheoryData<string> Architectures()
    {
        string[] every = ["sm_80", "sm_86", "sm_89", "sm_90", "sm_90a", "sm_100", "sm_120"];
        TheoryData<string> data = [];
        foreach (string architecture in _asked is null or "" ? ["sm_80", "sm_90"] : _asked == "all" ? every.Where(Known) : _asked.Split(','))
            data.Add(architecture);
        return data;
    }

    /// <summary>The list of what NVRTC knows has no letters; sm_90a came with 12.0.</summary>
    private static bool Known(string architecture) =>
        CompilerAtHand.Missing is null && CompilerAtHand.Nvrtc.Architectures.Contains(Number(architecture)) && (architecture[^1] != 'a' || CompilerAtHand.Nvrtc.Version.Major >= 12);

    private static int Number(string architecture) => int.Parse(architecture.AsSpan()["sm_".Length..].TrimEnd('a'), CultureInfo.InvariantCulture);

    [NvrtcTheory]
    [MemberData(nameof(Architectures))]
    public void Programs_compile_without_local_memory_or_a_warning_and_their_launches_fit_the_GPU(string architecture)
    {
        int shared = _sharedBytes[Number(architecture)];
        ConcurrentBag<string> wrong = [];
        Parallel.ForEach(Programs(shared, _all), recorded =>
        {
            (CudaProgram program, Dictionary<string, KernelLaunches> kernels) = recorded;
            CompiledProgram made = CompilerAtHand.Nvrtc.Compile(program.Name, program.Text(), new CudaTarget(architecture), "--ptxas-options=-v");
            Dictionary<string, KernelUse> uses = KernelUse.Of(made.Log).ToDictionary(use => use.Kernel);
            foreach ((string kernel, KernelLaunches launches) in kernels)
            {
                if (!uses.TryGetValue(kernel, out KernelUse? use))
                    wrong.Add($"{program.Name} has no {kernel}");
                else if (use.SpillBytes > 0 || use.StackBytes > 0)
                    wrong.Add($"{program.Name}: {use} has local memory");
                else if (!use.Fits(launches.Threads) || use.SharedBytes + launches.SharedBytes > shared)
                    wrong.Add($"{program.Name}: {use} does not fit with {launches}");
            }
            foreach (string warning in made.Log.Split('\n').Where(line => line.Contains("warning #", StringComparison.Ordinal)))
                wrong.Add($"{program.Name}: {warning}");
        });

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order()));
    }

    [NvrtcFact]
    public void Launches_have_as_many_arguments_as_kernels_have_parameters()
    {
        ConcurrentBag<string> wrong = [];
        Parallel.ForEach(Programs(_sharedBytes[90], _all), recorded =>
        {
            string ptx = Encoding.UTF8.GetString(CompilerAtHand.Nvrtc.Compile(recorded.Program.Name, recorded.Program.Text(), new CudaTarget("compute_80")).Image);
            foreach ((string kernel, KernelLaunches launches) in recorded.Kernels)
            {
                int parameters = KernelUse.Parameters(ptx, kernel);
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
        Assert.Superset(_part.ToHashSet(), names.ToHashSet());
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

    private static IReadOnlyList<(CudaProgram Program, Dictionary<string, KernelLaunches> Kernels)> Programs(int shared, bool all)
    {
        RecordingLauncher launcher = new();
        for (int n = 1; n <= 8; n++)
        {
            var options = new MhcOptions(n, 20, 1e-6, 1e-6);
            SiteMap[] maps = [new MhcMap(options), new HcMap(options), new IdentityMap(options), new HeadMap(options), new SumMap(n)];
            if (n <= MhcLiteMap.MaximumStreams)
                maps = [.. maps, new MhcLiteMap(options)];
            foreach (SiteMap map in maps)
            {
                foreach (CudaStreamType type in Enum.GetValues<CudaStreamType>())
                    Ask(launcher, map, options, type, shared);
            }
        }
        return [.. launcher.Programs.Where(recorded => all || _part.Contains(recorded.Program.Name))];
    }

    /// <summary>All passes, of few and many tokens, of widths that fast kernels take and of one that they do not, at made-up addresses.</summary>
    private static void Ask(RecordingLauncher launcher, SiteMap map, MhcOptions options, CudaStreamType type, int shared)
    {
        const nint at = MadeUpAddresses.At;
        CudaSiteParameters parameters = MadeUpAddresses.Parameters;
        CudaSiteGradients gradients = MadeUpAddresses.Gradients(map);
        foreach (int tokens in (int[])[1, 41, 32768])
        {
            foreach (int width in (int[])[40, 320, 2560, 4096, 7168])
            {
                foreach (CudaSiteSource source in Enum.GetValues<CudaSiteSource>())
                {
                    CudaBefore before = MadeUpAddresses.Before(source);
                    CudaSiteKernel site = new(launcher, map, options, source, new SiteShape(tokens, map.Streams, width), type, shared) { Reuses = true };
                    site.Write(before, at);
                    site.Forward(before, parameters, at, at, at, map.Writes ? at : 0, at, at);
                    site.Forward(before, parameters, at, at, at, map.Writes ? at : 0, at, at, counters: at);
                    site.Backward(before, parameters, at, at, gradients, at);
                    if (source != CudaSiteSource.Embedding && CudaStreamRecompute.Takes(new(tokens, map.Streams, width), type))
                        new CudaStreamRecompute(launcher, new(tokens, map.Streams, width), type, source == CudaSiteSource.Mixes).Launch(at, false, new CudaSiteWrite[16]);
                }
            }
        }
    }
}
