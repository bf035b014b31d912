using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Cuda.Tests.Host;

/// <summary>Cases of sublayers and optimizers where kernels run on the CPU.</summary>
internal static class HostKernelCase
{
    /// <summary>Runs the launches in memory of their own.</summary>
    public static void Run(this KernelCase made, ILauncher launcher)
    {
        using var memory = new HostMemory();
        made.Run(launcher, memory);
        memory.Check();
    }

    /// <summary>Whether a run finds something wrong, of what a GPU would not have survived or in its results.</summary>
    public static bool Fails(this KernelCase made, ILauncher launcher)
    {
        try
        {
            made.Run(launcher);
        }
        catch (KernelFailureException)
        {
            return true;
        }
        return made.Wrong.Count > 0;
    }
}
