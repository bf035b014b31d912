using MhcPipeline.Core.Kernels;

namespace MhcPipeline.Core.Operators;

/// <summary>The session's threads, for the kernels of one call of an operator.</summary>
internal unsafe struct SessionThreads(OrtApi api, nint context)
{
    private readonly OrtApi _api = api;
    private readonly nint _context = context;

    /// <summary>Lends the threads; they are the call's, so <paramref name="threads"/> must outlive the loan.</summary>
    public static HostThreads Lend(SessionThreads* threads) => new() { ParallelFor = &ParallelFor, State = threads };

    private static void ParallelFor(void* state, delegate* unmanaged<void*, nuint, void> function, int count, void* work)
    {
        var threads = (SessionThreads*)state;
        threads->_api.ParallelFor(threads->_context, function, count, work);
    }
}
