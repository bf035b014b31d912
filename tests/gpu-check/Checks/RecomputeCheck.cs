using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.GpuCheck.Memory;
using MhcPipeline.GpuCheck.Sites;

namespace MhcPipeline.GpuCheck.Checks;

/// <summary>The streams of a block of sites again, against the writes one after another, bit by bit, and against <see cref="SiteKernel"/>.</summary>
/// <param name="Streams">n.</param>
/// <param name="Type">Of the streams.</param>
/// <param name="Mixes">False when comb is the identity.</param>
/// <param name="Embedded">Whether the block begins at the embedding.</param>
/// <param name="Tokens">T.</param>
/// <param name="Width">C.</param>
/// <param name="Sites">Of the block; more than sixteen are two launches.</param>
internal sealed record RecomputeCheck(int Streams, CudaStreamType Type, bool Mixes, bool Embedded, int Tokens, int Width, int Sites) : IKernelCheck
{
    /// <summary>Beyond the rounding of what is stored, of the largest number.</summary>
    private const double Limit = 1e-6;

    private const int ShortTokens = 9;

    /// <inheritdoc/>
    public string Name => ToString();

    /// <inheritdoc/>
    public bool Short => Tokens <= ShortTokens;

    /// <summary>Every type, with and without mixing.</summary>
    public static IEnumerable<RecomputeCheck> All() =>
    [
        new(4, CudaStreamType.BFloat16, Mixes: true, Embedded: false, 9, 160, 5),
        new(4, CudaStreamType.BFloat16, Mixes: true, Embedded: true, 1000, 2560, 18),
        new(4, CudaStreamType.Float32, Mixes: true, Embedded: true, 5, 36, 17),
        new(4, CudaStreamType.Float16, Mixes: true, Embedded: false, 9, 2112, 2),
        new(4, CudaStreamType.BFloat16, Mixes: false, Embedded: false, 9, 64, 3),
        new(8, CudaStreamType.BFloat16, Mixes: true, Embedded: false, 100, 320, 8),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Run(ILauncher launcher, IDeviceMemory memory, int sharedLimit, int seed)
    {
        var block = new RecomputeCase(Streams, Type, Mixes, Embedded, Tokens, Width, Sites, seed);
        float[] first = In(arrays => block.Run(launcher, arrays)), second = In(arrays => block.Run(launcher, arrays));
        float[] one = In(arrays => block.SiteAfterSite(launcher, arrays, sharedLimit));
        List<string> wrong = [];
        if (block.WorstAgainstSiteKernel(first) is var worst && !(worst <= Limit))
            wrong.Add(FormattableString.Invariant($"streams are wrong by {worst:g2} of their largest number, {Limit:g2} is allowed"));
        if (!Bits(first).SequenceEqual(Bits(one)))
            wrong.Add("the writes one after another give other bits");
        if (!Bits(first).SequenceEqual(Bits(second)))
            wrong.Add("a second run gives other bits");
        return wrong;

        float[] In(Func<DeviceArrays, float[]> run)
        {
            using var arrays = new DeviceArrays(memory);
            return run(arrays);
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"streams of {Sites} sites{(Mixes ? "" : " without mixing")}{(Embedded ? " from the embedding" : "")}, n {Streams}, {Type}, {Tokens} tokens of {Width}";

    private static IEnumerable<int> Bits(float[] values) => values.Select(BitConverter.SingleToInt32Bits);
}
