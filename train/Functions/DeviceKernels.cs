using System.Runtime.InteropServices;
using MhcPipeline.Core.Kernels.Cuda;
using TorchSharp;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>
/// Where the CUDA kernels of core/ can compute: on bf16 and single-precision numbers in the memory of a GPU that they know. Whatever has such a kernel
/// asks here for what launches it; elsewhere <see cref="HostKernels"/> or tensor operations compute.
/// </summary>
internal static partial class DeviceKernels
{
    /// <summary>Kernels move eight bf16 numbers at a time.</summary>
    private const int Alignment = 16;

    private static readonly AsyncLocal<DeviceLauncher?> _onHost = new();

    /// <summary>Launches kernels on tensors in the host's memory, for this thread and those that it starts: tests run the kernels' text there.</summary>
    internal static DeviceLauncher? OnHost
    {
        get => _onHost.Value;
        set => _onHost.Value = value;
    }

    /// <summary>What launches kernels on a tensor's device; null where tensor operations have to do.</summary>
    /// <param name="x">[..., C].</param>
    /// <param name="widest">C of the largest tensor that kernels, which count numbers in 31 bits, make of it.</param>
    public static DeviceLauncher? For(Tensor x, long widest)
    {
        if (x.dtype is not (ScalarType.BFloat16 or ScalarType.Float32) || x.numel() / x.shape[^1] * widest > int.MaxValue)
            return null;
        if (x.device_type == DeviceType.CPU)
            return OnHost;
        if (x.device_type != DeviceType.CUDA || CudaSupport.Here.Missing(x.device_index) is not null)
            return null;
        DriverLauncher launcher = CudaSupport.Here.Launcher(x.device_index);
        return new(launcher, launcher.Device.SharedBytes);
    }

    /// <summary>Why tensors there are computed with by tensor operations alone, in one line; null where kernels can run.</summary>
    public static string? Missing(Device device) => device.type == DeviceType.CUDA ? CudaSupport.Here.Missing(Math.Max(device.index, 0)) : null;

    /// <summary>The same numbers as kernels take them: contiguous, from an address of whole vectors.</summary>
    public static Tensor Dense(Tensor x)
    {
        Tensor dense = x.contiguous();
        return Address(dense) % Alignment == 0 ? dense : dense.clone();
    }

    /// <summary>Where the numbers of a contiguous tensor are on its device; valid while the tensor is.</summary>
    public static nint Address(Tensor contiguous) => THSTensor_data(contiguous.Handle);

    /// <summary>The same, 0 where there is no tensor.</summary>
    public static nint AddressOrNull(Tensor? contiguous) => contiguous is null ? 0 : Address(contiguous);

    // TorchSharp's own, which shows the data of CPU tensors alone: bytes(), and storage(), which knows no bf16.
    [LibraryImport("LibTorchSharp")]
    private static partial nint THSTensor_data(nint tensor);
}
