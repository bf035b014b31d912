using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.GpuCheck.Memory;
using MhcPipeline.GpuCheck.Sites;

namespace MhcPipeline.GpuCheck.Checks;

/// <summary>A site's passes, forward, backward and the write alone, against <see cref="SiteKernel"/>; a second run must give the same bits.</summary>
/// <param name="Connection">mhc, hc, mhc_lite, identity or head.</param>
/// <param name="Source">What stands before the read.</param>
/// <param name="Type">Of the streams.</param>
/// <param name="Shape">Sizes.</param>
internal sealed record SiteCheck(string Connection, CudaSiteSource Source, CudaStreamType Type, SiteShape Shape) : IKernelCheck
{
    /// <summary>On the CPU the shim's arithmetic is float32's; a GPU's reciprocals and tensor cores round in their own ways.</summary>
    private const double DeviceLimit = 5e-5;

    private const int ShortTokens = 150, UsualStreams = 4;

    /// <inheritdoc/>
    public string Name => ToString();

    /// <inheritdoc/>
    public bool Short => Shape.Streams == UsualStreams && Shape.Tokens <= ShortTokens;

    /// <summary>Every connection, number of streams and type, of widths for fast and plain kernels; four streams first.</summary>
    public static IEnumerable<SiteCheck> All()
    {
        string[] connections = ["mhc", "head", "hc", "identity", "mhc_lite"];
        foreach (int n in (int[])[UsualStreams, 1, 2, 3, 5, 6, 7, 8])
            foreach (string connection in connections.Where(name => name != "mhc_lite" || n <= MhcLiteMap.MaximumStreams))
            {
                yield return new(connection, CudaSiteSource.Mixes, CudaStreamType.BFloat16, new(41, n, 320));
                yield return new(connection, CudaSiteSource.Mixes, CudaStreamType.Float16, new(41, n, 320));
                yield return new(connection, CudaSiteSource.Mixes, CudaStreamType.Float32, new(33, n, 40));
                yield return new(connection, CudaSiteSource.Gates, CudaStreamType.BFloat16, new(1, n, 96));
                yield return new(connection, CudaSiteSource.Embedding, CudaStreamType.BFloat16, new(130, n, 64));
                if (n == UsualStreams)
                    yield return new(connection, CudaSiteSource.Mixes, CudaStreamType.BFloat16, new(1000, n, 2560));
            }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Run(ILauncher launcher, IDeviceMemory memory, int sharedLimit, int seed)
    {
        MhcOptions options = Connections.Options(Shape.Streams);
        var site = new SiteCase(Connections.Map(Connection, options), options, Shape, Type, Source, sharedLimit, seed: seed) { OutputLimit = DeviceLimit };
        SiteResults first = Run(), second = Run();
        site.Compare(first);
        List<string> wrong = [.. site.Errors.Where(error => !error.Fits).Select(error => FormattableString.Invariant($"{error.Name} is wrong by {error.Worst:g2} of its largest number, {error.Limit:g2} is allowed"))];
        if (!first.Bits().AsSpan().SequenceEqual(second.Bits()))
            wrong.Add("a second run gives other bits");
        return wrong;

        SiteResults Run()
        {
            using var arrays = new DeviceArrays(memory);
            return site.Run(launcher, arrays);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Connection}, n {Shape.Streams}, {Type}, {Source}, {Shape.Tokens} tokens of {Shape.Width}";
}
