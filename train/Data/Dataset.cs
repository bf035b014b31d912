using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MhcPipeline.Core;

namespace MhcPipeline.Train.Data;

/// <summary>
/// Tokenised text on disk, memory-mapped, divided into documents to learn from and documents to validate on.
/// </summary>
public sealed class Dataset : IDisposable
{
    /// <summary>The same validation batches whatever a run's seed, so that runs can be compared.</summary>
    private const ulong ValidationSeed = 20260101;

    private readonly TokenStore _store;
    private readonly DocumentIndex _train;
    private readonly DocumentIndex _validation;

    private Dataset(string folder, DatasetManifest manifest, bool reused)
    {
        DatasetFiles files = new(folder);
        Manifest = manifest;
        WasReused = reused;
        _store = new TokenStore(files, manifest);
        _train = new DocumentIndex(files.Train);
        _validation = new DocumentIndex(files.Validation);
    }

    /// <summary>What is in it.</summary>
    public DatasetManifest Manifest { get; }

    /// <summary>Whether an earlier run had tokenised it already.</summary>
    public bool WasReused { get; }

    /// <summary>
    /// Tokenises <paramref name="source"/> into <paramref name="folder"/>, or uses what lies there if it was made from the same source, tokenizer
    /// and options. Interrupted work leaves no manifest and begins anew.
    /// </summary>
    /// <param name="folder">Such as <see cref="RunFolder.DataFolder"/>.</param>
    /// <param name="source">The text.</param>
    /// <param name="encoder">The tokenizer.</param>
    /// <param name="options">Seed and share of the split.</param>
    /// <param name="progress">Called as documents are written, on the calling thread.</param>
    /// <param name="cancellation">Stops between documents.</param>
    /// <exception cref="PipelineException">The text cannot be read, holds nothing to learn, or the folder cannot be written.</exception>
    public static Dataset Prepare(
        string folder, DataSource source, IDocumentEncoder encoder, DatasetOptions options, Action<PrepareProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (options.ValidationFraction is not (> 0 and < 1))
            throw new PipelineException(string.Create(CultureInfo.InvariantCulture, $"The validation share is {options.ValidationFraction}; it must be above 0 and below 1."));
        string fingerprint = Fingerprint(source, encoder, options);
        if (DatasetManifest.TryLoad(folder) is { } manifest && manifest.Fingerprint == fingerprint && IsWhole(folder, manifest))
            return new Dataset(folder, manifest, reused: true);
        return new Dataset(folder, new DatasetWriter(folder, source, encoder, options, progress, cancellation).Write(fingerprint), reused: false);
    }

    /// <summary>Whether a folder holds, whole, the data of a fingerprint.</summary>
    internal static bool IsPrepared(string folder, string fingerprint) =>
        DatasetManifest.TryLoad(folder) is { } manifest && manifest.Fingerprint == fingerprint && IsWhole(folder, manifest);

    /// <summary>Opens what <see cref="IsPrepared"/> has found.</summary>
    internal static Dataset Open(string folder) =>
        new(folder, DatasetManifest.TryLoad(folder) ?? throw new PipelineException($"{folder} holds no tokenised data."), reused: true);

    /// <summary>Batches to learn from.</summary>
    /// <exception cref="PipelineException">There is not enough text for one row, or no conversation fits into one.</exception>
    public BatchSource Train(BatchOptions options) => Manifest.IsChat
        ? new ConversationBatches(_store, Pieces.Of(_store, _train, options.BlockSize), Manifest, options)
        : new WindowBatches(_store, _train, Manifest, options);

    /// <summary>A fixed list of at most <paramref name="batches"/> batches spread over the validation documents, the same for every call.</summary>
    /// <exception cref="PipelineException">There is no text to validate on.</exception>
    public IReadOnlyList<Batch> Validation(BatchOptions options, int batches)
    {
        BatchSource source = Manifest.IsChat
            ? new ConversationBatches(_store, Pieces.Of(_store, _validation, options.BlockSize), Manifest, options with { Seed = ValidationSeed })
            : WindowBatches.ForValidation(_store, _validation, Manifest, options with { Seed = ValidationSeed });
        return [.. Enumerable.Range(0, (int)Math.Min(batches, source.BatchesPerEpoch)).Select(i => source.Get(i))];
    }

    /// <summary>How many conversations of the training side are shortened to whole answers, or left out, to fit <paramref name="blockSize"/>.</summary>
    public (long Shortened, long LeftOut) DoNotFit(int blockSize)
    {
        if (!Manifest.IsChat)
            return (0, 0);
        Pieces pieces = Pieces.Of(_store, _train, blockSize);
        return (pieces.Shortened, pieces.LeftOut);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _store.Dispose();
        _train.Dispose();
        _validation.Dispose();
    }

    /// <summary>Changes with source, tokenizer and options.</summary>
    internal static string Fingerprint(DataSource source, IDocumentEncoder encoder, DatasetOptions options)
    {
        string all = string.Create(
            CultureInfo.InvariantCulture,
            $"{DatasetManifest.CurrentFormat}\n{options.Seed}\n{options.ValidationFraction:R}\n{options.ShardTokens}\n{encoder.Fingerprint}\n{source.Name}\n{source.Fingerprint}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)));
    }

    /// <summary>Whether the files have the lengths that the manifest says; a folder copied by halves is prepared again.</summary>
    private static bool IsWhole(string folder, DatasetManifest manifest)
    {
        DatasetFiles files = new(folder);
        long tokens = 0;
        for (int shard = 0; shard < TokenStore.ShardCount(manifest); shard++)
            tokens += Length(files.Tokens(shard)) / manifest.TokenBytes;
        return tokens == manifest.Tokens && Length(files.Train) == 16 * (manifest.TrainDocuments + 1) && Length(files.Validation) == 16 * (manifest.ValidationDocuments + 1);
    }

    private static long Length(string file) => new FileInfo(file) is { Exists: true } info ? info.Length : -1;
}
