using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MhcPipeline.Core.Kernels;

/// <summary>
/// Divides a kernel's parts among threads. What a part is depends on sizes alone, never on the machine, so sums over parts come out the
/// same everywhere. After a thread's first call nothing is allocated.
/// </summary>
public static unsafe class KernelThreads
{
    [ThreadStatic]
    private static int _limit;

    [ThreadStatic]
    private static HostThreads _host;

    private static readonly ConcurrentBag<Helper> _idle = [];

    /// <summary>
    /// How many threads kernels that this thread calls may use; 0 is one a processor. Threads that compute side by side, each with a
    /// replica of a model, set 1.
    /// </summary>
    public static int Limit
    {
        get => _limit;
        set => _limit = value;
    }

    /// <summary>
    /// Whose threads kernels that this thread calls run on; by default .NET's. A host whose own threads wait by spinning would otherwise
    /// compete with the kernels for processors.
    /// </summary>
    internal static HostThreads Host
    {
        get => _host;
        set => _host = value;
    }

    /// <summary>Calls job.Run(part) for every part, the last one done when it returns.</summary>
    /// <typeparam name="TJob">A struct, so that nothing is allocated and calls are direct.</typeparam>
    /// <param name="job">A local variable of the caller: other threads see it through its address.</param>
    /// <param name="parts">How many parts it has.</param>
    internal static void Run<TJob>(ref TJob job, int parts)
        where TJob : struct, IKernelJob
    {
        if (parts > 1 && _host.ParallelFor != null)
        {
            var lent = new Work { Job = Unsafe.AsPointer(ref job), Call = &Call<TJob> };
            _host.ParallelFor(_host.State, &Part, parts, &lent);
            return;
        }
        int threads = Math.Min(parts, _limit == 0 ? Environment.ProcessorCount : _limit);
        if (threads <= 1)
        {
            for (int part = 0; part < parts; part++)
                job.Run(part);
            return;
        }
        var work = new Work { Job = Unsafe.AsPointer(ref job), Call = &Call<TJob>, Parts = parts, Helpers = threads - 1 };
        for (int i = 1; i < threads; i++)
        {
            Helper helper = _idle.TryTake(out Helper? idle) ? idle : new Helper();
            helper.Work = &work;
            ThreadPool.UnsafeQueueUserWorkItem(helper, preferLocal: false);
        }
        work.Take();
        var wait = default(SpinWait);
        while (Volatile.Read(ref work.Helpers) > 0)
            wait.SpinOnce(sleep1Threshold: -1);
    }

    private static void Call<TJob>(void* job, int part)
        where TJob : struct, IKernelJob => Unsafe.AsRef<TJob>(job).Run(part);

    [UnmanagedCallersOnly]
    private static void Part(void* work, nuint part) => ((Work*)work)->Call(((Work*)work)->Job, (int)part);

    private struct Work
    {
        public void* Job;
        public delegate*<void*, int, void> Call;
        public int Parts;
        public int Next;
        public int Helpers;

        public void Take()
        {
            for (int part = Interlocked.Increment(ref Next) - 1; part < Parts; part = Interlocked.Increment(ref Next) - 1)
                Call(Job, part);
        }
    }

    private sealed class Helper : IThreadPoolWorkItem
    {
        public Work* Work;

        public void Execute()
        {
            Work* work = Work;
            work->Take();
            _idle.Add(this); // before the caller is let go: the next call finds it
            Interlocked.Decrement(ref work->Helpers);
        }
    }
}
