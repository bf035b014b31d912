using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Cuda.Tests.Host;

namespace MhcPipeline.Cuda.Tests.Operators;

/// <summary>A GPU that is the CPU: kernels run where they are launched, in either schedule; what was prepared and on which streams launches went is kept.</summary>
internal sealed class HostDevice : IStreamLauncher
{
    private readonly HostLauncher _launcher = new(lastFirst: true);

    public HashSet<string> Prepared { get; } = [];

    public HashSet<string> Launched { get; } = [];

    /// <summary>Programs that were launched without having been prepared: a GPU would have had to compile and load in the middle of a run.</summary>
    public HashSet<string> Unprepared { get; } = [];

    public List<string> Kernels { get; } = [];

    public int SharedBytes => SiteCase.LargeDevice;

    public void Prepare(CudaProgram program) => Prepared.Add(program.Name);

    public ILauncher On(nint stream) => new Launcher(this);

    private sealed class Launcher(HostDevice device) : ILauncher
    {
        public void Launch(CudaProgram program, string kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments)
        {
            device.Launched.Add(program.Name);
            device.Kernels.Add(kernel);
            if (!device.Prepared.Contains(program.Name))
                device.Unprepared.Add(program.Name);
            device._launcher.Launch(program, kernel, shape, arguments);
        }
    }
}
