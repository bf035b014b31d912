namespace MhcPipeline.Cuda.Tests.Host;

/// <summary>A case's arrays where kernels run on the CPU.</summary>
internal sealed class HostMemory() : DeviceArrays(new CpuMemory());
