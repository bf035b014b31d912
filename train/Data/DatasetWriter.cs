using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using MhcPipeline.Data;

namespace MhcPipeline.Train.Data;

/// <summary>Tokenises a source into a data folder.</summary>
internal sealed class DatasetWriter(
    string folder, DataSource source, IDocumentEncoder encoder, DatasetOptions options, Action<PrepareProgress>? progress, CancellationToken cancellation)
{
    private readonly DatasetFiles _files = new(folder);
    private readonly List<StoredDocument> _documents = [];
    private TextProgress _read;
    private readonly SilentConversations _silent = new();
    private long _conversations;
    private bool _chat;

    internal DatasetManifest Write(string fingerprint)
    {
        try
        {
            Directory.CreateDirectory(folder);
            _files.Clear();
            int tokenBytes = encoder.VocabSize <= 1 << 16 ? 2 : 4;
            using TokenShardWriter shards = new(_files, tokenBytes, options.ShardTokens);
            Append(source.Items(read => _read = read), shards);
            int own = _documents.Count;
            Append(source.Validation ?? [], shards);
            shards.Complete();
            RequireDocuments(own);

            (IEnumerable<StoredDocument> train, IEnumerable<StoredDocument> validation) = source.Validation is null
                ? DataSplit.Divide(_documents, options.ValidationFraction, options.Seed)
                : (_documents.Take(own), _documents.Skip(own));
            (long trainTokens, long trainDocuments) = DocumentIndex.Write(_files.Train, train);
            (long validationTokens, long validationDocuments) = DocumentIndex.Write(_files.Validation, validation);
            DatasetManifest manifest = new()
            {
                Fingerprint = fingerprint,
                Source = source.Name,
                IsChat = _chat,
                TokenBytes = tokenBytes,
                ShardTokens = options.ShardTokens,
                Tokens = shards.Tokens,
                EndOfTextId = encoder.EndOfTextId,
                VocabSize = encoder.VocabSize,
                TrainDocuments = trainDocuments,
                ValidationDocuments = validationDocuments,
                TrainTokens = trainTokens,
                ValidationTokens = validationTokens,
                SilentConversations = _silent.Count,
                Notes = [.. _silent.Notes(_conversations), .. source.Notes()],
            };
            manifest.Save(folder);
            return manifest;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException($"The tokenised data cannot be written to {folder}: {e.Message} Check the disk's free space and the folder's permissions.", e);
        }
    }

    private void Append(IEnumerable<TextItem> items, TokenShardWriter shards)
    {
        int[] separator = [encoder.EndOfTextId];
        long start = shards.Tokens;
        foreach ((TextItem item, EncodedDocument tokens) in OrderedEncoding.Run(items, encoder, options.Threads, cancellation))
        {
            if (tokens.Mask is { } mask)
            {
                // What follows the last answer teaches nothing and would only widen the rows.
                int length = mask.AsSpan().LastIndexOf((byte)1) + 1;
                _conversations++;
                if (length == 0)
                {
                    _silent.Add(item.Messages!);
                    continue;
                }
                _chat = true;
                shards.Append(tokens.Ids.AsSpan(0, length), mask.AsSpan(0, length));
            }
            else
            {
                shards.Append(tokens.Ids, default);
                if (item.Continues)
                    continue;
                shards.Append(separator, default);
            }
            _documents.Add(new StoredDocument(start, shards.Tokens - start, tokens.Mask is not null));
            start = shards.Tokens;
            progress?.Invoke(new PrepareProgress(_documents.Count, shards.Tokens, _read.BytesRead, _read.TotalBytes));
        }
    }

    private void RequireDocuments(int own)
    {
        if (own == 0)
        {
            throw new PipelineException(_silent.Count > 0
                ? $"{source.Name} holds nothing to learn. {string.Join(' ', _silent.Notes(_conversations))} Give turns of role \"assistant\" (in `from`: \"gpt\")."
                : $"{source.Name} holds no text.");
        }
        if (_chat && source.Validation is null && own == 1)
            throw new PipelineException($"{source.Name} holds one conversation; at least two are needed, one to learn from and one to validate on.");
        if (source.Validation is not null && own == _documents.Count)
            throw new PipelineException($"{source.Name} brings no conversation to validate on.");
    }
}
