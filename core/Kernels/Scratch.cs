using System.Runtime.InteropServices;

namespace MhcPipeline.Core.Kernels;

/// <summary>Memory of the calling thread that kernels work in. It grows to the largest size asked for and stays, so a training step allocates nothing.</summary>
internal sealed unsafe class Scratch
{
    [ThreadStatic]
    private static Scratch? _tiles, _sums;

    [ThreadStatic]
    private static Func<int, nint>? _lender;

    private float* _memory;
    private nuint _count;
    private bool _lent;

    ~Scratch() => Free();

    /// <summary>
    /// Where the calling thread's kernels work from now on: gives memory for a number of floats, and keeps it until something else is set. Null is
    /// the system's memory. Tests lend memory that ends where no more is.
    /// </summary>
    public static Func<int, nint>? Lender
    {
        set => (_lender, _tiles, _sums) = (value, null, null);
    }

    /// <summary>For what a part computes on its way, aligned to 64 bytes. Whatever was there before is lost.</summary>
    public static float* Tiles(int count) => (_tiles ??= new()).Take(count);

    /// <summary>For what all parts of one call leave to one another or to their caller, aligned to 64 bytes.</summary>
    public static float* Sums(int count) => (_sums ??= new()).Take(count);

    private float* Take(int count)
    {
        if (_count < (nuint)count)
        {
            Free();
            _lent = _lender is not null;
            _memory = (float*)(_lent ? _lender!(count) : (nint)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), 64));
            _count = (nuint)count;
        }
        return _memory;
    }

    private void Free()
    {
        if (!_lent)
            NativeMemory.AlignedFree(_memory);
        _memory = null;
        _count = 0;
    }
}
