using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.GpuCheck;

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
Console.WriteLine($"{launcher.Device.Name}, compute capability {launcher.Device.Capability}, driver of CUDA {launcher.Device.Driver}, seed {seed}");
int passed = 0, failed = 0;
foreach (SiteCheck check in SiteCheck.All())
{
    try
    {
        CheckResult[] wrong = [.. check.Run(launcher, memory, launcher.Device.SharedBytes, seed).Where(result => !result.Passes)];
        foreach (CheckResult result in wrong)
            Console.WriteLine($"{check}: {result.Tensor} is wrong by {result.Error:g2} of its largest number, {result.Limit:g2} is allowed");
        _ = wrong.Length == 0 ? passed++ : failed++;
    }
    catch (PipelineException e)
    {
        Console.WriteLine($"{check}: {e.Message}");
        failed++;
    }
}
Console.WriteLine($"{passed} passed, {failed} failed");
return failed == 0 ? 0 : 1;
