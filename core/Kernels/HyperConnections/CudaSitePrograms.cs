using System.Collections.Concurrent;
using System.Globalization;
using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>The programs of a site's CUDA kernels: which sources, with which macros.</summary>
public static class CudaSitePrograms
{
    private static readonly string[] _backward = ["07_site_dots.cu", "08_site_coefficients_backward.cu", "09_site_gradients.cu", "10_sums.cu"];

    /// <summary>Each program once: putting its text together takes longer than its launch.</summary>
    private static readonly ConcurrentDictionary<string, CudaProgram> _programs = new(StringComparer.Ordinal);

    /// <summary>fn from its sum over equal streams (13).</summary>
    public static CudaProgram Spread { get; } = new("fn_spread", ["13_fn_spread.cu"], []);

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
        ["streams.cuh", "02_site_products.cu", "03_site_coefficients.cu", "04_site_read.cu", .. map.Streams <= CudaSiteShape.MaximumGradientStreams && type == CudaStreamType.BFloat16 ? _backward : [], "11_site_write.cu"]);

    /// <summary>The forward pass in one launch that reads X' from the second-level cache (05), for bf16 streams.</summary>
    /// <param name="map">Whose formulas; not the sum's.</param>
    /// <param name="before">What makes the streams.</param>
    public static CudaProgram Reuse(SiteMap map, CudaSiteSource before) => Program(
        map, CudaStreamType.BFloat16, "reuse_" + before.ToString().ToLowerInvariant(), [Before(before)],
        "streams.cuh", "grid.cuh", "02_site_products.cu", "03_site_coefficients.cu", "04_site_read.cu", "05_site_forward.cu");

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
