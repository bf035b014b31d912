namespace MhcPipeline.Core.Tests.Kernels.Guards;

/// <summary>Sizes around those of vectors and of tiles.</summary>
internal static class GuardedSizes
{
    private static readonly int[] _rows = [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 47, 64, 65, 129];
    private static readonly int[] _widths = [1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 49, 67];

    /// <summary>Every number of rows and every width once, in pairs that differ by turn.</summary>
    public static IEnumerable<(int Rows, int Width)> Pairs(int turn) => _rows.Select((rows, i) => (rows, _widths[((4 * i) + turn) % _widths.Length]));

    /// <summary>All pairs.</summary>
    public static IEnumerable<(int Rows, int Width)> AllPairs() => _rows.SelectMany(_ => _widths, (rows, width) => (rows, width));
}
