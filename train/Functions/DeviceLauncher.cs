using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Train.Functions;

/// <summary>What runs CUDA kernels on a device.</summary>
/// <param name="Launcher">Starts them.</param>
/// <param name="SharedBytes">Shared memory that a block may have there.</param>
internal sealed record DeviceLauncher(ILauncher Launcher, int SharedBytes);
