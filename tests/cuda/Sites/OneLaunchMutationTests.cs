using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Sites;

/// <summary>What the tests of kernels whose blocks wait for one another are worth, and those of the block of sites: with one thing wrong they must not pass.</summary>
public sealed class OneLaunchMutationTests
{
    private static readonly MhcOptions _options = Connections.Options(2);

    private static readonly Dictionary<string, (CudaProgram Program, string[] Sources)> _programs = new()
    {
        ["decode"] = (CudaSitePrograms.Decode(new MhcMap(_options), CudaSiteSource.Mixes, CudaStreamType.BFloat16), ["grid.cuh", "06_site_decode.cu"]),
        ["reuse"] = (CudaSitePrograms.Reuse(new MhcMap(_options), CudaSiteSource.Mixes), ["grid.cuh", "05_site_forward.cu"]),
        ["recompute"] = (CudaSitePrograms.Recompute(2, CudaSiteSource.Mixes, CudaStreamType.BFloat16), ["12_streams_recompute.cu"]),
    };

    public static TheoryData<string, string, int> Barriers { get; } = AllBarriers();

    [HostTheory]
    [InlineData("decode")]
    [InlineData("reuse")]
    [InlineData("recompute")]
    public void A_source_with_nothing_wrong_passes(string program) => Assert.DoesNotContain(true, Failures(program, text => text + "\n"));

    [HostTheory]
    [MemberData(nameof(Barriers))]
    public void A_source_without_one_of_its_barriers_fails(string program, string source, int barrier) => Assert.Contains(true, Failures(program, text => WithoutBarrier(text, source, barrier)));

    [HostFact]
    public void Addresses_that_are_read_before_they_are_there_are_noticed()
    {
        using var memory = new HostMemory();
        var replay = new HostReplay(new HostLauncher(lastFirst: false), memory, _programs["recompute"].Program.Name);
        new RecomputeCase(2, CudaStreamType.BFloat16, mixes: true, embedded: false, tokens: 3, width: 8 * 70, sites: 3).Run(replay, memory);

        // The mutant ends its process.
        Assert.NotEqual("", replay.Run(text => WithoutBarrier(text, "12_streams_recompute.cu", 0)).Errors);
    }

    [HostTheory]
    [InlineData("decode", "    await(written, slices);", "")] // a token before its slices
    [InlineData("decode", "await(written, slices)", "await(written, slices - 1)")] // before the last of them
    [InlineData("decode", "await(written, slices)", "await(written, slices + 1)")] // for ever
    [InlineData("decode", "counters[k] = 0", "counters[k] += 0")] // counters for the next launch
    [InlineData("decode", "gridDim.x - 1", "gridDim.x")] // the same
    [InlineData("decode", "      copies_done();\n", "")] // what is copied meanwhile
    [InlineData("decode", "if (token < tokens) {", "if (token <= tokens) {")] // a token that is not there
    [InlineData("decode", "distance = 1; distance < 4", "distance = 2; distance < 4")] // half of a sum's lanes
    [InlineData("decode", "int w = 1; w < DecodeWarps", "int w = 2; w < DecodeWarps")] // a warp's slices
    [InlineData("decode", "int w = 1; w < ReadingWarps", "int w = 2; w < ReadingWarps")] // a warp's squares of u
    [InlineData("reuse", "      await(done + tile, slices + 1);", "")] // a read before its tile
    [InlineData("reuse", "await(done + tile, slices + 1)", "await(done + tile, slices)")] // before its coefficients
    [InlineData("reuse", "if (within != slice_there)", "if (slice_there < 0)")] // another slice's fn
    [InlineData("reuse", "== slices - 1", "== slices - 2")] // coefficients before the last write
    [InlineData("reuse", "(tiles + lag) * of_step", "tiles * of_step")] // the last tiles' reads
    [InlineData("reuse", "if (token < tokens) read_token", "if (token <= tokens) read_token")] // a token that is not there
    [InlineData("reuse", "leave(counters, 2 + tiles, item_place)", "leave(counters, 1 + tiles, item_place)")] // a counter left as it is
    [InlineData("recompute", "if (at >= vectors) return;", "")] // columns that are not there
    [InlineData("recompute", "state[j] = result[j];", "")] // every site from the start
    [InlineData("recompute", "    f = next;\n", "")] // the first site's output at every site
    public void A_source_with_a_wait_a_mask_or_an_index_wrong_fails(string program, string right, string wrong) => Assert.Contains(true, Failures(program, text =>
    {
        int at = text.LastIndexOf(right, StringComparison.Ordinal);
        Assert.True(at >= 0, right);
        return text.Remove(at, right.Length).Insert(at, wrong);
    }));

    // In each schedule, whether the mutant was noticed; after the first that was, no further one.
    private static IEnumerable<bool> Failures(string name, Func<string, string> mutate)
    {
        CudaProgram mutant = _programs[name].Program;
        string library = HostCompiler.Library(mutant.Name + "_mutant", mutate(mutant.Text()));
        foreach ((bool lastFirst, bool alone, bool shuffled) in ((bool, bool, bool)[])[(false, false, false), (true, false, false), (false, false, true), (false, true, false)])
            yield return Fails(name, new HostLauncher(lastFirst, (program, _) => program.Name == mutant.Name ? library : HostCompiler.Library(program)) { Alone = alone, Shuffled = shuffled });
    }

    private static bool Fails(string name, HostLauncher launcher)
    {
        try
        {
            if (name == "recompute")
            {
                // A block of columns that is not full.
                var block = new RecomputeCase(2, CudaStreamType.BFloat16, mixes: true, embedded: false, tokens: 3, width: 8 * 70, sites: 3);
                return !block.Run(launcher).SequenceEqual(block.SiteAfterSite());
            }
            // Five slices and tokens, nine slices and a last tile that is not full; the second launch takes counters as the first left them.
            SiteCase site = name == "decode"
                ? new(new MhcMap(_options), _options, new(5, 2, 288), CudaStreamType.BFloat16, CudaSiteSource.Mixes, blocks: 4) { Counts = true, ForwardOnly = true, Times = 2 }
                : ReuseTests.Site("mhc", 2, CudaSiteSource.Mixes, 277, 544, blocks: 4, times: 2);
            site.Compare(site.Run(launcher));
            return site.Errors.Exists(error => !error.Fits);
        }
        catch (KernelFailureException)
        {
            return true;
        }
    }

    private static TheoryData<string, string, int> AllBarriers()
    {
        var all = new TheoryData<string, string, int>();
        foreach ((string name, (CudaProgram program, string[] sources)) in _programs)
            foreach (string source in sources)
                for (int k = name == "recompute" ? 1 : 0; k < BarriersOf(program.Text(), source).Count; k++) // its first one has a fact of its own
                    all.Add(name, source, k);
        return all;
    }

    private static string WithoutBarrier(string text, string source, int barrier)
    {
        int at = BarriersOf(text, source)[barrier];
        return text.Remove(at, text.IndexOf(';', at) - at);
    }

    private static List<int> BarriersOf(string text, string source)
    {
        int from = text.IndexOf($"#line 1 \"{source}\"", StringComparison.Ordinal), to = text.IndexOf("#line 1 ", from + 1, StringComparison.Ordinal);
        var places = new List<int>();
        for (int at = text.IndexOf("__syncthreads();", from, StringComparison.Ordinal); at >= 0 && (to < 0 || at < to); at = text.IndexOf("__syncthreads();", at + 1, StringComparison.Ordinal))
            places.Add(at);
        return places;
    }
}
