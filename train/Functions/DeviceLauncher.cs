using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Train.Functions;

/// <summary>What runs CUDA kernels on a device.</summary>
/// <param name="Launcher">Starts them.</param>
/// <param name="SharedBytes">Shared memory that a block may have there.</param>
/// <param name="CacheBytes">The device's second-level cache; 0 where nothing is known of it.</param>
internal sealed record DeviceLauncher(ILauncher Launcher, int SharedBytes, int CacheBytes = 0);
