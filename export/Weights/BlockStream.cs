using System.Runtime.InteropServices;

namespace MhcPipeline.Export.Weights;

/// <summary>
/// A stream that is written a float32 matrix, row by row, and hands on pieces of at most <paramref name="size"/> elements; none reaches over the
/// end of a row. It holds one piece: memory does not grow with the matrix.
/// </summary>
/// <param name="width">Elements of a row.</param>
/// <param name="size">Elements of a piece.</param>
/// <param name="take">Is given each piece; a row's last one may be shorter.</param>
internal sealed class BlockStream(long width, int size, Action<ReadOnlySpan<float>> take) : Stream
{
    private readonly float[] _piece = new float[size];
    private long _inRow;
    private int _bytes;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            int elements = (int)Math.Min(size, width - _inRow);
            Span<byte> room = MemoryMarshal.AsBytes(_piece.AsSpan(0, elements))[_bytes..];
            int count = Math.Min(room.Length, buffer.Length);
            buffer[..count].CopyTo(room);
            buffer = buffer[count..];
            _bytes += count;
            if (count < room.Length)
                return;
            take(_piece.AsSpan(0, elements));
            _bytes = 0;
            _inRow = (_inRow + elements) % width;
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
