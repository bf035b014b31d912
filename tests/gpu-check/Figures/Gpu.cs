using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.GpuCheck.Figures;

/// <summary>What figures are measured with.</summary>
/// <param name="Device">The GPU.</param>
/// <param name="Launcher">Runs kernels on it.</param>
/// <param name="Memory">Its memory.</param>
/// <param name="Clock">Its clock.</param>
internal sealed record Gpu(DeviceInfo Device, ILauncher Launcher, IDeviceMemory Memory, IDeviceClock Clock);
