using System.Buffers.Binary;

namespace MhcPipeline.Train.Data;

/// <summary>Appends tokens and their loss masks to the shards of a data folder.</summary>
internal sealed class TokenShardWriter(DatasetFiles files, int tokenBytes, long shardTokens) : IDisposable
{
    private const int BufferBytes = 1 << 18;
    private FileStream? _tokens;
    private FileStream? _mask;
    private byte[] _bytes = [];

    /// <summary>Tokens written so far.</summary>
    internal long Tokens { get; private set; }

    /// <summary>Appends <paramref name="ids"/>; an empty <paramref name="mask"/> means that all bear loss.</summary>
    internal void Append(ReadOnlySpan<int> ids, ReadOnlySpan<byte> mask)
    {
        while (!ids.IsEmpty)
        {
            long inShard = Tokens % shardTokens;
            if (inShard == 0)
                Open((int)(Tokens / shardTokens));
            int count = (int)Math.Min(ids.Length, shardTokens - inShard);
            WriteIds(ids[..count]);
            WriteMask(mask.IsEmpty ? mask : mask[..count], count, inShard);
            Tokens += count;
            ids = ids[count..];
            mask = mask.IsEmpty ? mask : mask[count..];
        }
    }

    /// <summary>Flushes everything to disk.</summary>
    internal void Complete() => Close(flush: true);

    public void Dispose() => Close(flush: false);

    private void Open(int shard)
    {
        Close(flush: true);
        _tokens = new FileStream(files.Tokens(shard), FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes);
    }

    private void Close(bool flush)
    {
        foreach (FileStream? stream in (FileStream?[])[_tokens, _mask])
        {
            if (flush)
                stream?.Flush(flushToDisk: true);
            stream?.Dispose();
        }
        (_tokens, _mask) = (null, null);
    }

    private void WriteIds(ReadOnlySpan<int> ids)
    {
        if (_bytes.Length < ids.Length * tokenBytes)
            _bytes = new byte[ids.Length * tokenBytes];
        for (int i = 0; i < ids.Length; i++)
        {
            if (tokenBytes == 2)
                BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(2 * i), (ushort)ids[i]);
            else
                BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(4 * i), ids[i]);
        }
        _tokens!.Write(_bytes, 0, ids.Length * tokenBytes);
    }

    private void WriteMask(ReadOnlySpan<byte> mask, int count, long inShard)
    {
        // Plain text needs no mask file; where a conversation follows it in the same shard, its part is filled in.
        if (_mask is null)
        {
            if (mask.IsEmpty)
                return;
            _mask = new FileStream(files.Mask((int)(Tokens / shardTokens)), FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes);
            WriteOnes(inShard);
        }
        if (mask.IsEmpty)
            WriteOnes(count);
        else
            _mask.Write(mask);
    }

    private void WriteOnes(long count)
    {
        Span<byte> ones = stackalloc byte[4096];
        ones.Fill(1);
        for (; count > 0; count -= ones.Length)
            _mask!.Write(ones[..(int)Math.Min(count, ones.Length)]);
    }
}
