namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>Runs kernels: on a GPU through the driver, or on the CPU in tests.</summary>
public interface ILauncher
{
    /// <summary>Starts a kernel behind what was started before it; it may still run when this returns.</summary>
    /// <param name="program">Where the kernel is; compiled at its first launch.</param>
    /// <param name="kernel">The name of an extern "C" __global__ function.</param>
    /// <param name="shape">Grid, block and shared memory.</param>
    /// <param name="arguments">As many as the kernel has parameters.</param>
    void Launch(CudaProgram program, string kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments);
}
