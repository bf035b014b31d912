namespace MhcPipeline.Engine.Model;

/// <summary>
/// attention_mask for rows of a fixed width: ones for a row's tokens, zeros behind them. A step usually makes a row one longer, so only what
/// changes is written.
/// </summary>
internal sealed class LengthMask(StepDevice? device, int rows, int width) : IDisposable
{
    private readonly int[] _lengths = new int[rows];

    /// <summary>[rows, width].</summary>
    public StepArray<long> Array { get; } = new(device, rows * width);

    /// <summary>Makes a row count <paramref name="length"/> tokens.</summary>
    public void SetLength(int row, int length)
    {
        int before = _lengths[row];
        if (length == before)
        {
            return;
        }
        int start = (row * width) + Math.Min(before, length), count = Math.Abs(length - before);
        Array.Values.Slice(start, count).Fill(length > before ? 1 : 0);
        Array.Write(start, count);
        _lengths[row] = length;
    }

    public void Dispose() => Array.Dispose();
}
