using System.Text.Json;
using MhcPipeline.Core;

namespace MhcPipeline.Train.Data;

/// <summary>What lies in a data folder. Written last: a folder without it was not finished and is prepared again.</summary>
public sealed record DatasetManifest
{
    /// <summary>Layout of the folder's files.</summary>
    public const int CurrentFormat = 1;

    internal const string FileName = "manifest.json";

    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        RespectNullableAnnotations = true,
    };

    /// <summary><see cref="CurrentFormat"/> of the program that wrote it.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>Of tokenizer, data, seed and split: the data is used again only if it is the same.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Where the data came from, for people.</summary>
    public required string Source { get; init; }

    /// <summary>Whether there are conversations in it.</summary>
    public required bool IsChat { get; init; }

    /// <summary>Bytes a token takes in the shards: 2 or 4.</summary>
    public required int TokenBytes { get; init; }

    /// <summary>Tokens in each shard but the last.</summary>
    public required long ShardTokens { get; init; }

    /// <summary>All tokens, separators included.</summary>
    public required long Tokens { get; init; }

    /// <summary>Id of the token between documents.</summary>
    public required int EndOfTextId { get; init; }

    /// <summary>Vocabulary of the tokenizer.</summary>
    public required int VocabSize { get; init; }

    /// <summary>Documents to learn from; a document that the split cuts counts on both sides.</summary>
    public required long TrainDocuments { get; init; }

    /// <summary>Documents to validate on.</summary>
    public required long ValidationDocuments { get; init; }

    /// <summary>Tokens to learn from.</summary>
    public required long TrainTokens { get; init; }

    /// <summary>Tokens to validate on.</summary>
    public required long ValidationTokens { get; init; }

    /// <summary>Conversations left out because there is nothing in them to learn: no assistant speaks, or only in turns of weight 0.</summary>
    public required long SilentConversations { get; init; }

    /// <summary>What people should know of what was read, each a line: what was left out, and why.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    internal void Save(string folder) => AtomicFile.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, _json) + "\n");

    /// <summary>The folder's manifest; null if there is none, or none of this format.</summary>
    internal static DatasetManifest? TryLoad(string folder)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize<DatasetManifest>(File.ReadAllText(Path.Combine(folder, FileName)), _json);
            return manifest is { Format: CurrentFormat, TokenBytes: 2 or 4, ShardTokens: > 0, Tokens: >= 0, TrainDocuments: >= 0, ValidationDocuments: >= 0 } ? manifest : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
