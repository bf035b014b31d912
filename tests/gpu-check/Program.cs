using System.Globalization;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.GpuCheck.Checks;

// mhc-gpu-check [GPU [SEED]]: every kernel on a GPU against the CPU. 0: all right, or no GPU to check; 1: not.
int number = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 0;
int seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Environment.TickCount;
CudaSupport support = CudaSupport.Here;
if (support.Missing(number) is { } missing)
{
    Console.WriteLine(support.Devices == 0 ? $"no CUDA device: {missing}" : missing);
    return support.Devices == 0 ? 0 : 1;
}
DriverLauncher launcher = support.Launcher(number);
DeviceMemory memory = new(launcher);
int failed = 0;
foreach (IKernelCheck check in KernelChecks.All)
    failed += check.Run(launcher, memory, launcher.Device.SharedBytes, seed).Count;
return failed == 0 ? 0 : 1;
