using System.Runtime.InteropServices;

namespace MhcPipeline.Core.Kernels;

/// <summary>Memory of the calling thread that kernels work in. It grows to the largest size asked for and stays, so a training step allocates nothing.</summary>
internal sealed unsafe class Scratch
{
    [ThreadStatic]
    private static Scratch? _tiles, _sums;

    private float* _memory;
    private nuint _count;

    ~Scratch() => NativeMemory.AlignedFree(_memory);

    /// <summary>For what a part computes on its way, aligned to 64 bytes. Whatever was there before is lost.</summary>
    public static float* Tiles(int count) => (_tiles ??= new()).Take(count);

    /// <summary>For what all parts of one call leave to one another or to their caller, aligned to 64 bytes.</summary>
    public static float* Sums(int count) => (_sums ??= new()).Take(count);

    private float* Take(int count)
    {
        if (_count < (nuint)count)
        {
            NativeMemory.AlignedFree(_memory);
            _count = (nuint)count;
            _memory = (float*)NativeMemory.AlignedAlloc(_count * sizeof(float), 64);
        }
        return _memory;
    }
}
