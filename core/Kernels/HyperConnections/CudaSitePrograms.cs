using System.Globalization;
using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>The programs of a site's CUDA kernels: which sources, with which macros.</summary>
public static class CudaSitePrograms
{
    /// <summary>The plain kernels (01), which take everything.</summary>
    /// <param name="map">Whose formulas.</param>
    /// <param name="type">Of the streams.</param>
    public static CudaProgram Plain(SiteMap map, CudaStreamType type) => Program(map, type, "plain", [], "01_site_reference.cu", "10_sums.cu");

    /// <summary>The fast kernels (02 to 10) for bf16 streams.</summary>
    /// <param name="map">Whose formulas; not the sum's.</param>
    /// <param name="before">What makes the streams.</param>
    public static CudaProgram Fast(SiteMap map, CudaSiteSource before) => Program(
        map, CudaStreamType.BFloat16, "fast_" + before.ToString().ToLowerInvariant(), [new("BEFORE", "BEFORE_" + before.ToString().ToUpperInvariant())],
        [
            "streams.cuh", "lines.cuh", "02_site_products.cu", "03_site_coefficients.cu", "04_site_read.cu", "07_site_dots.cu", "08_site_coefficients_backward.cu",
            "09_site_gradients.cu", "10_sums.cu", "11_site_write.cu",
        ]);

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
        bool rounds = type == CudaStreamType.BFloat16;
        return new(
            $"site_{kind}_{name}_{n}_{(rounds ? "bf16" : "f32")}".ToLowerInvariant(),
            ["words.cuh", "sinkhorn.cuh", "maps.cuh", .. kernels],
            [new("N", n), new("MAP", "MAP_" + name), new("BF16", rounds ? "1" : "0"), .. macros]);
    }
}
