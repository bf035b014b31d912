namespace MhcPipeline.Cuda.Tests.Host;

/// <summary>A launch that a GPU would not have survived.</summary>
internal sealed class HostFailureException(string message) : Exception(message);
