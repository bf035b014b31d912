namespace MhcPipeline.GpuCheck.Memory;

/// <summary>A launch that wrote where it must not, or that a GPU would not have survived.</summary>
internal sealed class KernelFailureException(string message) : Exception(message);
