using MhcPipeline.Core.Kernels.HyperConnections;

namespace MhcPipeline.Cuda.Tests.Compile;

/// <summary>What a site's passes are asked with where nothing runs: every tensor that they take lies at one address.</summary>
internal static class MadeUpAddresses
{
    public const nint At = 1 << 20;

    public static CudaSiteParameters Parameters { get; } = new(At, At, At);

    public static CudaBefore Before(CudaSiteSource source) =>
        source == CudaSiteSource.Embedding ? new() { Embedding = At } : new() { X = At, Output = At, Writing = At, Mixes = source == CudaSiteSource.Mixes };

    public static CudaSiteGradients Gradients(SiteMap map) => new()
    {
        Streams = map.Writes ? At : 0,
        Writing = map.Writes ? At : 0,
        Input = At,
        Embedding = At,
        BeforeX = At,
        BeforeOutput = At,
        BeforeWriting = At,
        Fn = At,
        Bias = At,
        Scale = At,
    };
}
