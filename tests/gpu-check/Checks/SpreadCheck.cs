using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.GpuCheck.Memory;
using MhcPipeline.GpuCheck.Sites;

namespace MhcPipeline.GpuCheck.Checks;

/// <summary>fn from its sum over equal streams: nothing but copies, so the very numbers.</summary>
internal sealed class SpreadCheck : IKernelCheck
{
    private const int Rows = 24, Streams = 4, Width = 333;

    /// <inheritdoc/>
    public string Name => $"fn's sum spread over {Streams} streams, {Rows} rows of {Width}";

    /// <inheritdoc/>
    public bool Short => true;

    /// <inheritdoc/>
    public IReadOnlyList<string> Run(ILauncher launcher, IDeviceMemory memory, int sharedLimit, int seed)
    {
        using var arrays = new DeviceArrays(memory);
        float[] sum = SiteNumbers.Normal(Rows * Width, seed);
        nint from = SiteNumbers.Put(arrays, sum, CudaStreamType.Float32), fn = arrays.Take(sizeof(float) * Rows * Streams * Width);
        CudaSitePrograms.LaunchSpread(launcher, from, fn, Rows, Streams, Width);
        arrays.Check();
        float[] actual = SiteNumbers.Get(arrays, fn, Rows * Streams * Width, CudaStreamType.Float32);
        return actual.Where((value, k) => value != (k % (Streams * Width) < Width ? sum[(k / (Streams * Width) * Width) + (k % (Streams * Width))] : 0)).Count() is > 0 and var wrong
            ? [$"{wrong} of {actual.Length} numbers are wrong"]
            : [];
    }
}
