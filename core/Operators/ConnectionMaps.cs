using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;

namespace MhcPipeline.Core.Operators;

/// <summary>The maps of each kind of connection, by the name that configurations and graphs give it.</summary>
internal static class ConnectionMaps
{
    private static readonly Dictionary<string, (Func<MhcOptions, SiteMap> Site, Func<MhcOptions, SiteMap> Head)> _all = new(StringComparer.Ordinal)
    {
        ["mhc"] = (options => new MhcMap(options), options => new HeadMap(options)),
        ["mhc_lite"] = (options => new MhcLiteMap(options), options => new HeadMap(options)),
        ["identity"] = (options => new IdentityMap(options), options => new HeadMap(options)),
        ["hc"] = (options => new HcMap(options), options => new SumMap(options.Streams)),
    };

    /// <summary>The connections' names.</summary>
    public static IReadOnlyCollection<string> Names => _all.Keys;

    /// <summary>A site's map, or that of what ends the streams.</summary>
    /// <exception cref="PipelineException">No connection has that name, or not with that many streams.</exception>
    public static SiteMap For(string connection, MhcOptions options, bool head)
    {
        if (!_all.TryGetValue(connection, out var maps))
            throw new PipelineException($"connection is '{connection}'; it can be {string.Join(", ", Names)}.");
        int most = connection == "mhc_lite" ? MhcLiteMap.MaximumStreams : Before.MaximumStreams;
        if (options.Streams < 1 || options.Streams > most)
            throw new PipelineException($"streams is {options.Streams}; with connection {connection} it can be 1 to {most}.");
        return (head ? maps.Head : maps.Site)(options);
    }
}
