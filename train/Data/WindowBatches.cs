using MhcPipeline.Core;
using MhcPipeline.Core.Seeds;

namespace MhcPipeline.Train.Data;

/// <summary>
/// Plain text: rows are windows of the stream of documents. Each epoch closes the stream to a ring, begins at another place on it, cuts it into
/// windows end to end and visits them in a new order; fewer than a window of tokens is left over, elsewhere every time.
/// </summary>
internal sealed class WindowBatches : BatchSource
{
    private readonly TokenStore _store;
    private readonly DocumentIndex _documents;
    private readonly BatchOptions _options;
    private readonly int _length;
    private readonly long _windows;

    internal WindowBatches(TokenStore store, DocumentIndex documents, DatasetManifest manifest, BatchOptions options)
    {
        if (documents.Tokens < options.BlockSize + 1)
            throw new PipelineException($"{manifest.Source} gives {documents.Tokens} tokens to learn from, and one row takes {options.BlockSize + 1}. Give more text, or a preset with a smaller training.block_size.");
        (_store, _documents, _options) = (store, documents, options);
        _length = options.BlockSize;
        _windows = documents.Tokens / _length;
    }

    public override long BatchesPerEpoch => Math.Max(1, _windows / _options.Rows);

    public override int MaxTokens => _options.Rows * _length;

    public override int MaxLength => _length;

    /// <summary>As the constructor, but a short validation text makes shorter rows.</summary>
    internal static WindowBatches ForValidation(TokenStore store, DocumentIndex documents, DatasetManifest manifest, BatchOptions options)
    {
        if (documents.Tokens < 2)
            throw new PipelineException($"{manifest.Source} leaves {documents.Tokens} tokens to validate on. Give more text, or a larger data.validation_fraction.");
        int length = (int)Math.Min(options.BlockSize, documents.Tokens - 1);
        return new WindowBatches(store, documents, manifest, options with { BlockSize = length, Rows = (int)Math.Min(options.Rows, documents.Tokens / length) });
    }

    public override Batch Get(long step)
    {
        int rows = _options.Rows;
        long[] inputs = new long[rows * _length], targets = new long[rows * _length];
        int[] window = new int[_length + 1];
        for (int row = 0; row < rows; row++)
        {
            (long epoch, long number) = Math.DivRem((step * rows) + row, _windows);
            ulong seed = SplitMix64.Hash(_options.Seed, (ulong)epoch);
            long start = (long)(SplitMix64.Hash(seed) % (ulong)_documents.Tokens) + (new Permutation(seed, _windows)[number] * _length);
            ReadRing(start % _documents.Tokens, window);
            for (int i = 0; i < _length; i++)
            {
                inputs[(row * _length) + i] = window[i];
                targets[(row * _length) + i] = window[i + 1];
            }
        }
        return new Batch { Inputs = inputs, Targets = targets, Rows = rows, Length = _length, Tokens = inputs.Length, TargetTokens = inputs.Length };
    }

    /// <summary>Reads on over the ends of documents, and from the end of the stream to its beginning.</summary>
    private void ReadRing(long position, Span<int> ids)
    {
        long document = _documents.Find(position);
        while (!ids.IsEmpty)
        {
            long inside = position - _documents.StreamStart(document);
            int count = (int)Math.Min(ids.Length, _documents.Length(document) - inside);
            _store.Read(_documents.StoreStart(document) + inside, ids[..count]);
            ids = ids[count..];
            document = (document + 1) % _documents.Count;
            position = _documents.StreamStart(document);
        }
    }
}
