namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>Sizes of streams' types.</summary>
internal static class CudaStreamTypeExtensions
{
    /// <summary>Bytes of a number.</summary>
    public static int Bytes(this CudaStreamType type) => type == CudaStreamType.Float32 ? sizeof(float) : sizeof(ushort);
}
