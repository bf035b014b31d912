namespace MhcPipeline.Core.Kernels;

/// <summary>Threads that a host of the kernels lends them for one call.</summary>
internal unsafe struct HostThreads
{
    /// <summary>Calls function(work, i) for i from 0 to count - 1, the last one done when it returns: (state, function, count, work). Null when there are none.</summary>
    public delegate*<void*, delegate* unmanaged<void*, nuint, void>, int, void*, void> ParallelFor;

    /// <summary>What ParallelFor is given first.</summary>
    public void* State;
}
