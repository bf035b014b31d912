using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Cuda.Tests.Host;

namespace MhcPipeline.Cuda.Tests.Check;

/// <summary>Leaves out what it is told to.</summary>
/// <param name="runs">Of a kernel's name: whether it runs.</param>
internal sealed class FilteringLauncher(Func<string, bool> runs) : ILauncher
{
    private readonly HostLauncher _launcher = new(lastFirst: false);

    public void Launch(CudaProgram program, string kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments)
    {
        if (runs(kernel))
            _launcher.Launch(program, kernel, shape, arguments);
    }
}
