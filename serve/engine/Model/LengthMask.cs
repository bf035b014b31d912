namespace MhcPipeline.Engine.Model;

/// <summary>
/// attention_mask for rows of a fixed width: ones for a row's tokens, zeros behind them. A step usually makes a row one longer, so only what
/// changes is written.
/// </summary>
internal sealed class LengthMask(int rows, int width)
{
    private readonly int[] _lengths = new int[rows];

    /// <summary>[rows, width], pinned.</summary>
    public long[] Values { get; } = GC.AllocateArray<long>(rows * width, pinned: true);

    /// <summary>Makes a row count <paramref name="length"/> tokens.</summary>
    public void SetLength(int row, int length)
    {
        int before = _lengths[row];
        if (length > before)
        {
            Values.AsSpan((row * width) + before, length - before).Fill(1);
        }
        else
        {
            Values.AsSpan((row * width) + length, before - length).Clear();
        }
        _lengths[row] = length;
    }
}
