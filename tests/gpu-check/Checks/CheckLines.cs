using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.GpuCheck.Memory;

namespace MhcPipeline.GpuCheck.Checks;

/// <summary>How a process that checks tells the one that started it: a line a check.</summary>
internal static class CheckLines
{
    /// <summary>Begins the line of a check that found nothing wrong.</summary>
    public const string Right = "right ";

    /// <summary>Begins the line of one that did.</summary>
    public const string Wrong = "WRONG ";

    /// <summary>Runs checks and says how they ended.</summary>
    /// <param name="checks">Which.</param>
    /// <param name="launcher">Runs kernels.</param>
    /// <param name="memory">What they work on.</param>
    /// <param name="sharedLimit">Shared memory that a block may have, in bytes.</param>
    /// <param name="seed">Of the numbers.</param>
    /// <param name="say">Takes the lines.</param>
    /// <returns>Whether all were right.</returns>
    public static bool Run(IEnumerable<IKernelCheck> checks, ILauncher launcher, IDeviceMemory memory, int sharedLimit, int seed, Action<string> say)
    {
        bool right = true;
        foreach (IKernelCheck check in checks)
        {
            string? wrong = null;
            try
            {
                IReadOnlyList<string> found = check.Run(launcher, memory, sharedLimit, seed);
                if (found.Count > 0)
                    wrong = string.Join("; ", found);
            }
            catch (Exception e) when (e is PipelineException or KernelFailureException)
            {
                wrong = e.Message.ReplaceLineEndings(" ");
            }
            right &= wrong is null;
            say(wrong is null ? Right + check.Name : $"{Wrong}{check.Name}: {wrong}");
        }
        return right;
    }
}
