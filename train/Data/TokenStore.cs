namespace MhcPipeline.Train.Data;

/// <summary>The tokens of a data folder as one long row, in the order in which the source gave them.</summary>
internal sealed class TokenStore : IDisposable
{
    private readonly DatasetManifest _manifest;
    private readonly MappedArray<ushort>[] _short = [];
    private readonly MappedArray<int>[] _long = [];
    private readonly MappedArray<byte>?[] _masks;

    internal TokenStore(DatasetFiles files, DatasetManifest manifest)
    {
        _manifest = manifest;
        int shards = ShardCount(manifest);
        if (manifest.TokenBytes == 2)
            _short = [.. Enumerable.Range(0, shards).Select(shard => new MappedArray<ushort>(files.Tokens(shard)))];
        else
            _long = [.. Enumerable.Range(0, shards).Select(shard => new MappedArray<int>(files.Tokens(shard)))];
        _masks = [.. Enumerable.Range(0, shards).Select(shard => File.Exists(files.Mask(shard)) ? new MappedArray<byte>(files.Mask(shard)) : null)];
    }

    internal static int ShardCount(DatasetManifest manifest) => (int)((manifest.Tokens + manifest.ShardTokens - 1) / manifest.ShardTokens);

    /// <summary>Fills <paramref name="ids"/> with the tokens from <paramref name="start"/> on.</summary>
    internal void Read(long start, Span<int> ids)
    {
        while (!ids.IsEmpty)
        {
            (int shard, long at, int count) = Part(start, ids.Length);
            if (_short.Length > 0)
            {
                ReadOnlySpan<ushort> source = _short[shard].Span(at, count);
                for (int i = 0; i < count; i++)
                    ids[i] = source[i];
            }
            else
            {
                _long[shard].Span(at, count).CopyTo(ids);
            }
            start += count;
            ids = ids[count..];
        }
    }

    /// <summary>Fills <paramref name="mask"/> with 1 for each token from <paramref name="start"/> on that bears loss.</summary>
    internal void ReadMask(long start, Span<byte> mask)
    {
        while (!mask.IsEmpty)
        {
            (int shard, long at, int count) = Part(start, mask.Length);
            if (_masks[shard] is { } array)
                array.Span(at, count).CopyTo(mask);
            else
                mask[..count].Fill(1);
            start += count;
            mask = mask[count..];
        }
    }

    public void Dispose()
    {
        foreach (IDisposable? array in (IEnumerable<IDisposable?>)[.. _short, .. _long, .. _masks])
            array?.Dispose();
    }

    private (int Shard, long At, int Count) Part(long start, int count)
    {
        (long shard, long at) = Math.DivRem(start, _manifest.ShardTokens);
        return ((int)shard, at, (int)Math.Min(count, _manifest.ShardTokens - at));
    }
}
