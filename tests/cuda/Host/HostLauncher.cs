using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Cuda.Tests.Host;

/// <summary>Runs kernels on the CPU, from the same text and with the same arguments as on a GPU.</summary>
/// <param name="lastFirst">The schedule: last warp, lane and block first.</param>
/// <param name="library">What is compiled of a program for one of its kernels; the tests of mutations change its text.</param>
internal sealed unsafe class HostLauncher(bool lastFirst, Func<CudaProgram, string, string> library) : ILauncher
{
    private static readonly ConcurrentDictionary<string, Lazy<nint>> _libraries = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, Lock> _running = new(StringComparer.Ordinal);

    public HostLauncher(bool lastFirst)
        : this(lastFirst, (program, _) => HostCompiler.Library(program))
    {
    }

    /// <summary>The kernels that were launched, in order, and the bytes of streams that each read and wrote eight columns at a time; Again: what it read
    /// although it had been moved at most <see cref="Window"/> bytes before.</summary>
    public List<(string Kernel, long Read, long Written, long Again)> Launched { get; } = [];

    /// <summary>Whether a block runs to its end before the next one begins, come what may; else blocks that count at shared counters take turns.</summary>
    public bool Alone { get; init; }

    /// <summary>Bytes of streams that a cache holds; 0 counts nothing as read again.</summary>
    public long Window { get; init; }

    public void Launch(CudaProgram program, string kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments)
    {
        string path = library(program, kernel);
        nint handle = _libraries.GetOrAdd(path, key => new(() => NativeLibrary.Load(key))).Value;
        var call = (delegate* unmanaged<uint, uint, uint, uint, int, void**, int, int>)NativeLibrary.GetExport(handle, "host_" + kernel);
        long* values = stackalloc long[arguments.Length];
        void** addresses = stackalloc void*[arguments.Length];
        for (int k = 0; k < arguments.Length; k++)
        {
            values[k] = arguments[k].Bits;
            addresses[k] = values + k;
        }
        int result;
        lock (_running.GetOrAdd(path, _ => new()))
        {
            ((delegate* unmanaged<long, void>)NativeLibrary.GetExport(handle, "host_window"))(Window);
            result = call((uint)shape.GridX, (uint)shape.GridY, (uint)shape.Threads, (uint)shape.SharedBytes, (lastFirst ? 1 : 0) + (Alone ? 2 : 0), addresses, arguments.Length);
            var bytes = (delegate* unmanaged<int, long>)NativeLibrary.GetExport(handle, "host_bytes");
            Launched.Add((kernel, bytes(0), bytes(1), bytes(2)));
        }
        if (result != 0)
            throw new KernelFailureException($"{kernel} of {program.Name}: " + result switch
            {
                1 => $"its arguments ({arguments.Length}) or its grid do not fit",
                2 => "its threads wait for one another",
                _ => "it wrote outside its shared memory",
            });
    }
}
