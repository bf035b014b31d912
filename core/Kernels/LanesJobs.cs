using MhcPipeline.Core.Kernels.Simd;

namespace MhcPipeline.Core.Kernels;

/// <summary>Runs a job on the widest vectors that the machine has.</summary>
internal static class LanesJobs
{
    [ThreadStatic]
    private static int _width;

    /// <summary>Lanes of the vectors that kernels called by this thread use: 16, 8, 4 or 1; <see cref="Machine.Lanes"/> unless set. Tests of what narrower machines do set it.</summary>
    public static int Width
    {
        get => _width == 0 ? Machine.Lanes : _width;
        set => _width = value;
    }

    /// <summary>Calls job.Run(part) for every part, as <see cref="KernelThreads.Run"/> does.</summary>
    public static void Run<TJob>(TJob job, int parts)
        where TJob : struct, ILanesJob
    {
        switch (Width)
        {
            case 16:
                Run<TJob, Lanes512>(job, parts);
                break;
            case 8:
                Run<TJob, Lanes256>(job, parts);
                break;
            case 4:
                Run<TJob, Lanes128>(job, parts);
                break;
            default:
                Run<TJob, Lanes1>(job, parts);
                break;
        }
    }

    private static void Run<TJob, V>(TJob job, int parts)
        where TJob : struct, ILanesJob
        where V : unmanaged, ILanes<V>
    {
        var wide = new OfWidth<TJob, V> { Job = job };
        KernelThreads.Run(ref wide, parts);
    }

    private struct OfWidth<TJob, V> : IKernelJob
        where TJob : struct, ILanesJob
        where V : unmanaged, ILanes<V>
    {
        public TJob Job;

        public void Run(int part) => Job.Run<V>(part);
    }
}
