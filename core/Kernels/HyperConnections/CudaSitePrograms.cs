using System.Collections.Concurrent;
using System.Globalization;
using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>The programs of a site's CUDA kernels: which sources, with which macros.</summary>
public static class CudaSitePrograms
{
    private const int SpreadThreads = 256;

    private static readonly string[] _backward = ["07_site_dots.cu", "08_site_coefficients_backward.cu", "09_site_gradients.cu", "10_sums.cu"];

    /// <summary>Each program once: putting its text together takes longer than its launch.</summary>
    private static readonly ConcurrentDictionary<string, CudaProgram> _programs = new(StringComparer.Ordinal);

    /// <summary>fn from its sum over equal streams (13).</summary>
    public static CudaProgram Spread { get; } = new("fn_spread", ["13_fn_spread.cu"], []);

    /// <summary>Makes fn [Rows, n C] from its sum over the streams [Rows, C], for a site whose streams are all the embedding.</summary>
    /// <param name="launcher">Runs the kernel.</param>
    /// <param name="sum">fn's sum.</param>
    /// <param name="fn">Written.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="streams">n.</param>
    /// <param name="width">C.</param>
    internal static void LaunchSpread(ILauncher launcher, nint sum, nint fn, int rows, int streams, int width) =>
        launcher.Launch(Spread, "fn_spread", new(rows, 1, SpreadThreads, 0), [sum, fn, streams, width]);

    /// <summary>The plain kernels (01), which take everything.</summary>
    /// <param name="map">Whose formulas.</param>
    /// <param name="type">Of the streams.</param>
    public static CudaProgram Plain(SiteMap map, CudaStreamType type) => Program(map, type, "plain", [], "01_site_reference.cu", "10_sums.cu");

    /// <summary>The fast kernels (02 to 10) for streams of 16 bits; float16 has no backward pass.</summary>
    /// <param name="map">Whose formulas; not the sum's.</param>
    /// <param name="before">What makes the streams.</param>
    /// <param name="type">Of the streams.</param>
    public static CudaProgram Fast(SiteMap map, CudaSiteSource before, CudaStreamType type = CudaStreamType.BFloat16) => Program(
        map, type, "fast_" + before.ToString().ToLowerInvariant(), [Before(before)],
        ["streams.cuh", "lines.cuh", "02_site_products.cu", "03_site_coefficients.cu", "04_site_read.cu", .. type == CudaStreamType.BFloat16 ? _backward : [], "11_site_write.cu"]);

    /// <summary>The forward pass in one launch that reads X' from the second-level cache (05), for bf16 streams.</summary>
    /// <param name="map">Whose formulas; not the sum's.</param>
    /// <param name="before">What makes the streams.</param>
    public static CudaProgram Reuse(SiteMap map, CudaSiteSource before) => Program(
        map, CudaStreamType.BFloat16, "reuse_" + before.ToString().ToLowerInvariant(), [Before(before)],
        "streams.cuh", "lines.cuh", "grid.cuh", "02_site_products.cu", "03_site_coefficients.cu", "04_site_read.cu", "05_site_forward.cu");

    /// <summary>The forward pass of few tokens in one launch (06).</summary>
    /// <param name="map">Whose formulas; not the sum's.</param>
    /// <param name="before">What makes the streams.</param>
    /// <param name="type">Of the streams.</param>
    public static CudaProgram Decode(SiteMap map, CudaSiteSource before, CudaStreamType type) => Program(
        map, type, "decode_" + before.ToString().ToLowerInvariant(), [Before(before)], "streams.cuh", "vectors.cuh", "grid.cuh", "06_site_decode.cu");

    /// <summary>The streams of a block of sites again (12).</summary>
    /// <param name="streams">n.</param>
    /// <param name="before">What their writes are: they mix or they do not.</param>
    /// <param name="type">Of the streams.</param>
    public static CudaProgram Recompute(int streams, CudaSiteSource before, CudaStreamType type) => Program(
        new SumMap(streams), type, "recompute_" + before.ToString().ToLowerInvariant(), [Before(before)], "streams.cuh", "vectors.cuh", "12_streams_recompute.cu");

    /// <summary>
    /// Every program that <see cref="CudaSiteKernel"/> launches for a site's passes, whatever its sizes: what has to be there before a stream is captured
    /// into a graph, or where nothing can be compiled.
    /// </summary>
    /// <param name="map">Whose formulas.</param>
    /// <param name="before">What makes the streams.</param>
    /// <param name="type">Of the streams.</param>
    /// <param name="reuses">Whether <see cref="CudaSiteKernel.Reuses"/> is.</param>
    public static IEnumerable<CudaProgram> Site(SiteMap map, CudaSiteSource before, CudaStreamType type, bool reuses)
    {
        yield return Plain(map, type);
        if (map.Rows == 0)
            yield break;
        if (type != CudaStreamType.Float32)
            yield return Fast(map, before, type);
        if (reuses && type == CudaStreamType.BFloat16)
            yield return Reuse(map, before);
        yield return Decode(map, before, type);
    }

    /// <summary>
    /// The programs that models of a connection are trained and served with, in every type (float16 is served only): their sites and what ends the streams; fn's sum spread over
    /// the streams; and the streams of a block of sites again.
    /// </summary>
    /// <param name="map">Of the sites.</param>
    /// <param name="head">Of what ends the streams.</param>
    public static IReadOnlyList<CudaProgram> Model(SiteMap map, SiteMap head)
    {
        CudaSiteSource between = map.Mixes ? CudaSiteSource.Mixes : CudaSiteSource.Gates;
        return [.. Enum.GetValues<CudaStreamType>().SelectMany(OfType).Append(Spread)];

        IEnumerable<CudaProgram> OfType(CudaStreamType type) =>
        [
            .. Site(map, CudaSiteSource.Embedding, type, reuses: true).Union(Site(map, between, type, reuses: true)),
            .. Site(head, between, type, reuses: false), // it leaves no streams behind
            .. type == CudaStreamType.Float16 ? [] : (CudaProgram[])[Recompute(map.Streams, between, type)],
        ];
    }

    private static KeyValuePair<string, string> Before(CudaSiteSource before) => new("BEFORE", "BEFORE_" + before.ToString().ToUpperInvariant());

    /// <summary>What the sources call a map.</summary>
    internal static string MapName(SiteMap map) => map switch
    {
        MhcMap => "MHC",
        HcMap => "HC",
        MhcLiteMap => "MHC_LITE",
        IdentityMap => "IDENTITY",
        HeadMap => "HEAD",
        SumMap => "SUM",
        _ => throw new PipelineException($"There are no CUDA kernels for {map.GetType().Name}."),
    };

    private static CudaProgram Program(SiteMap map, CudaStreamType type, string kind, KeyValuePair<string, string>[] macros, params string[] kernels)
    {
        string name = MapName(map), n = map.Streams.ToString(CultureInfo.InvariantCulture);
        string stream = type switch { CudaStreamType.BFloat16 => "bf16", CudaStreamType.Float16 => "f16", _ => "f32" };
        return _programs.GetOrAdd($"site_{kind}_{name}_{n}_{stream}".ToLowerInvariant(), own => new(
            own,
            ["words.cuh", "sinkhorn.cuh", "maps.cuh", .. kernels],
            [new("N", n), new("MAP", "MAP_" + name), new("BF16", type == CudaStreamType.BFloat16 ? "1" : "0"), new("F16", type == CudaStreamType.Float16 ? "1" : "0"), .. macros]));
    }
}
