using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.GpuCheck.Checks;
using MhcPipeline.GpuCheck.Figures;
using MhcPipeline.GpuCheck.Results;
using MhcPipeline.GpuCheck.Running;

// Every kernel on a GPU against the CPU, then figures: CheckOptions.Usage.
if (args is ["--help" or "-h"])
{
    Console.WriteLine(CheckOptions.Usage);
    return 0;
}
CheckOptions options;
try
{
    options = CheckOptions.Parse(args);
}
catch (PipelineException e)
{
    Console.Error.WriteLine($"mhc-gpu-check: {e.Message}");
    return 2;
}
CudaSupport support = CudaSupport.Here;
if (support.Missing(options.Gpu) is { } missing)
{
    Console.WriteLine(support.Devices == 0 ? $"no CUDA device: {missing}" : missing);
    return support.Devices == 0 ? 0 : 1;
}
DriverLauncher launcher = support.Launcher(options.Gpu);
DeviceMemory memory = new(launcher);
IReadOnlyList<IKernelCheck> all = [.. KernelChecks.All.Where(check => check.Short || !options.Short)];
if (options.Part is { } part) // one of several processes that check
    return CheckLines.Run(all.Where((_, i) => i % part.Of == part.Number), launcher, memory, launcher.Device.SharedBytes, options.Seed, Console.WriteLine) ? 0 : 1;

// Each has a context on the GPU, half a gigabyte.
int processes = Math.Clamp(Environment.ProcessorCount / 2, 1, 8), few = KernelChecks.All.Count(check => check.Short);
string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
Command checks = Command.Self.With("--gpu", Number(options.Gpu), "--seed", Number(options.Seed));
Command[] parts = [.. Enumerable.Range(0, processes).Select(i => checks.With("--part", $"{Number(i)}/{Number(processes)}"))];
Command? sanitizer = Command.Find("compute-sanitizer", "/usr/local/cuda/bin") is { } found ? new(found) : null;
Command shortChecks = checks.With("--short", "--part", "0/1");
Command? Stage(string stage) => options.Stages is { } program ? new(program, stage, "--gpu", Number(options.Gpu), "--device-name", launcher.Device.Name) : null;
using var clock = new CudaClock(launcher);
Gpu gpu = new(launcher.Device, launcher, memory, clock);
const int tokens = 32768;
ISection[] sections =
[
    new CheckSection("kernels against the CPU", parts, all.Count, TimeSpan.FromSeconds(150), Console.WriteLine),
    new CopySection(gpu, 1L << 30),
    new SiteSection(gpu, tokens, 2560),
    new SiteSection(gpu, tokens, 4096),
    new LatencySection(gpu, 2560),
    new LatencySection(gpu, 4096),
    new SanitizerSection("memcheck", sanitizer, shortChecks, few, TimeSpan.FromSeconds(45), Console.WriteLine),
    new SanitizerSection("racecheck", sanitizer, shortChecks, few, TimeSpan.FromSeconds(60), Console.WriteLine),
    new StageSection("training, mhc against residual", Stage("training"), TimeSpan.FromSeconds(110), Console.WriteLine),
    new StageSection("decoding, mhc against residual", Stage("decoding"), TimeSpan.FromSeconds(90), Console.WriteLine),
    new PeerSection(gpu, PeerSection.Python(), tokens, 2560),
];
var report = new CheckReport(launcher.Device, options.Seed, TimeProvider.System.GetLocalNow());
Console.WriteLine($"{launcher.Device.Name}, compute capability {launcher.Device.Capability}, driver of CUDA {launcher.Device.Driver}, seed {Number(options.Seed)}");
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true; // what was measured is still to be written
    stop.Cancel();
};
new CheckRun(sections, report, () => report.Save(options.Out), Console.WriteLine).Run(new Deadline(TimeProvider.System, options.Time, stop.Token));
Console.WriteLine(report.Table());
Console.WriteLine($"Wrote {Path.GetFullPath(options.Out)}");
return report.Passes ? 0 : 1;
