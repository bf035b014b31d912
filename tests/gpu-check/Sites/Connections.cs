using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;

namespace MhcPipeline.GpuCheck.Sites;

/// <summary>Maps by the names that tests use.</summary>
internal static class Connections
{
    public static MhcOptions Options(int n, double eps = 1e-6, int iterations = 20) => new(n, iterations, eps, 1e-6);

    public static SiteMap Map(string name, MhcOptions options) => name switch
    {
        "mhc" => new MhcMap(options),
        "hc" => new HcMap(options),
        "mhc_lite" => new MhcLiteMap(options),
        "identity" => new IdentityMap(options),
        "head" => new HeadMap(options),
        "sum" => new SumMap(options.Streams),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such map"),
    };
}
