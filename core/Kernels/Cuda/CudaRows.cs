namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>What launches share: sizes of grids, and of the accesses of kernels over rows and flat buffers (rows.cuh).</summary>
internal static class CudaRows
{
    /// <summary>Threads of a warp.</summary>
    public const int Warp = 32;

    /// <summary>Columns of a thread's access.</summary>
    public const int Eight = 8;

    /// <summary>1 where every row begins at 16 bytes and has whole eights, so that accesses have 16 bytes; else 0.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="addresses">Of the buffers; 0 for one that is not there.</param>
    public static int Whole(int width, params ReadOnlySpan<nint> addresses) => width % Eight == 0 ? Aligned(addresses) : 0;

    /// <summary>1 where every address is one of 16 bytes; else 0.</summary>
    public static int Aligned(params ReadOnlySpan<nint> addresses)
    {
        nint all = 0;
        foreach (nint address in addresses)
            all |= address;
        return all % 16 == 0 ? 1 : 0;
    }

    /// <summary>How many parts of a size a count has.</summary>
    public static int Parts(long count, int each) => checked((int)((count + each - 1) / each));

    /// <summary>Threads for a row, at most <paramref name="most"/>: whole warps that all have about the same number of its eights.</summary>
    public static int Threads(int width, int most)
    {
        int eights = Parts(width, Eight), rounds = Parts(eights, most);
        return Parts(Parts(eights, rounds), Warp) * Warp;
    }
}
