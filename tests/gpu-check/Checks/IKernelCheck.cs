using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.GpuCheck.Checks;

/// <summary>Kernels against the CPU on random numbers. One more is a class that implements this and its line in <see cref="KernelChecks"/>.</summary>
internal interface IKernelCheck
{
    /// <summary>What a failure is called by; no two checks have one name.</summary>
    string Name { get; }

    /// <summary>Whether it is small, and has kernels that no smaller check has: compute-sanitizer, under which kernels take a hundred times as long, runs these alone.</summary>
    bool Short { get; }

    /// <summary>Runs the kernels in poisoned memory and compares.</summary>
    /// <param name="launcher">Runs them.</param>
    /// <param name="memory">What they work on.</param>
    /// <param name="sharedLimit">Shared memory that a block may have, in bytes.</param>
    /// <param name="seed">Of the numbers.</param>
    /// <returns>What is wrong, a line each; none where all is right.</returns>
    IReadOnlyList<string> Run(ILauncher launcher, IDeviceMemory memory, int sharedLimit, int seed);
}
