using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Sites;

/// <summary>What the other tests are worth: sources and launches with one thing wrong must not pass them.</summary>
public sealed class MutationTests
{
    private const int Width = 288, Tokens = 70;

    private static readonly MhcOptions _options = Connections.Options(2);

    public static TheoryData<string, int> Barriers { get; } = AllBarriers();

    [HostTheory]
    [InlineData("fast", false)]
    [InlineData("fast", true)]
    [InlineData("plain", false)]
    [InlineData("plain", true)]
    public void A_source_with_nothing_wrong_passes(string program, bool lastFirst) =>
        Assert.False(Site(program).Fails(new HostLauncher(lastFirst, (other, kernel) => Library(other, kernel, text => text.Insert(text.IndexOf("__syncthreads", StringComparison.Ordinal), " ")))));

    [HostTheory]
    [MemberData(nameof(Barriers))]
    public void A_source_without_one_of_its_barriers_fails(string program, int barrier) =>
        AssertFails(program, text => Mutation.WithoutBarrier(text, barrier));

    [HostTheory]
    [InlineData("fast", "if (streams && token0 < tokens)", "if (streams)")] // 02: X' of tokens that are not there
    [InlineData("fast", "8 * (g / 2) + 2 * (word % 4) + g % 2", "8 * (g / 2) + 2 * (word % 4)")] // 09: a column twice
    [InlineData("fast", "within && row + 1 < Rows ? source[(size_t)FnStreams * width] : 0", "0")] // 09: every other row of fn missing
    [InlineData("fast", "r < Rows && at < tokens ? of", "r < Rows ? of")] // 09: dP of tokens that are not there
    [InlineData("fast", "gq[k] = !there ? 0 :", "gq[k] =")] // 08: the last token's own gradients again
    [InlineData("fast", "int slice = 1; slice < slices", "int slice = 2; slice < slices")] // 03: a slice left out
    [InlineData("fast", "if (column + Columns < width) sum +=", "if (false) sum +=")] // 09: a slice's second warp
    [InlineData("fast", "rest.v[0], rest.v[1]", "b.v[0], b.v[1]")] // 02: what bf16 loses of fn
    [InlineData("fast", "a.first_rest, b.first_rest, a.second_rest", "a.first_rest, b.first_rest, a.first_rest")] // 09: what it loses of dP
    [InlineData("fast", "distance = 1; distance < 4", "distance = 2; distance < 4")] // 02: half of a token's lanes
    [InlineData("fast", "  if (token >= tokens) return;\n  read_token", "  read_token")] // 04: tokens that are not there
    [InlineData("fast", "int p = 1; p < parts", "int p = 2; p < parts")] // 10: a block's part of fn's gradient
    [InlineData("plain", "-of_root * root * root / flat", "-of_root * root * root / width")] // 01: the norm's share
    public void A_source_with_a_mask_or_an_index_wrong_fails(string program, string right, string wrong) => AssertFails(program, text =>
    {
        Assert.Contains(right, text, StringComparison.Ordinal);
        int at = text.IndexOf(right, StringComparison.Ordinal);
        return text.Remove(at, right.Length).Insert(at, wrong);
    });

    private static void AssertFails(string program, Func<string, string> mutate)
    {
        var failures = new List<bool>();
        foreach (bool lastFirst in (bool[])[false, true])
            failures.Add(Site(program).Fails(new HostLauncher(lastFirst, (other, kernel) => Library(other, kernel, mutate))));
        Assert.Contains(true, failures);
    }

    // The mutant of the source that has the kernel, if that is what is changed: compiling it alone takes a third of the time.
    private static string Library(CudaProgram program, string kernel, Func<string, string> mutate)
    {
        string whole = program.Text(), mutant = mutate(whole);
        int changed = whole.Zip(mutant).TakeWhile(pair => pair.First == pair.Second).Count();
        string source = program.Sources.Last(name => whole.IndexOf($"#line 1 \"{name}\"", StringComparison.Ordinal) <= changed);
        CudaProgram alone = program with { Sources = [.. program.Sources.Where(name => name.EndsWith(".cuh", StringComparison.Ordinal) || name == source)] };
        if (!HostCompiler.Kernels(alone.Text()).Contains(kernel))
            return HostCompiler.Library(program);
        // Everything before the source is what it was; everything behind it goes.
        string behind = alone.Text()[alone.Text().IndexOf($"#line 1 \"{source}\"", StringComparison.Ordinal)..];
        int from = mutant.IndexOf($"#line 1 \"{source}\"", StringComparison.Ordinal), length = behind.Length + mutant.Length - whole.Length;
        return HostCompiler.Library(program.Name + "_mutant", alone.Text()[..^behind.Length] + mutant.Substring(from, length));
    }

    // An odd width for the plain kernels; for the fast ones two slices of products, a slice of one warp, and several tiles a block.
    private static SiteCase Site(string program) => program == "fast"
        ? new(new MhcMap(_options), _options, new(Tokens, 2, Width), CudaStreamType.BFloat16, CudaSiteSource.Mixes, blocks: 5)
        : new(new MhcMap(_options), _options, new(9, 2, 37), CudaStreamType.Float32, CudaSiteSource.Mixes);

    private static TheoryData<string, int> AllBarriers()
    {
        var all = new TheoryData<string, int>();
        var map = new MhcMap(_options);
        foreach ((string name, CudaProgram program) in ((string, CudaProgram)[])[("fast", CudaSitePrograms.Fast(map, CudaSiteSource.Mixes)), ("plain", CudaSitePrograms.Plain(map, CudaStreamType.Float32))])
            for (int k = 0; k < Mutation.Barriers(program.Text()); k++)
                all.Add(name, k);
        return all;
    }
}
