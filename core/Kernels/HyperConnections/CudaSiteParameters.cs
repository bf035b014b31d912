namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>A site's parameters on a device, float32.</summary>
/// <param name="Fn">[Rows, nC / Groups].</param>
/// <param name="Bias">base [Biases].</param>
/// <param name="Scale">[Scales].</param>
public readonly record struct CudaSiteParameters(nint Fn, nint Bias, nint Scale);
