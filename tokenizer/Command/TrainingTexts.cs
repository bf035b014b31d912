using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MhcPipeline.Core;
using MhcPipeline.Core.Presets;
using MhcPipeline.Core.Text;
using MhcPipeline.Data;
using MhcPipeline.Data.Files;

namespace MhcPipeline.Tokenization.Command;

/// <summary>The texts that a tokenizer is trained on: DATA's, or the preset's corpus. Of a conversation, each role and each content is a text.</summary>
internal sealed class TrainingTexts
{
    // More conversations of the corpus do not change a vocabulary of its size any more, only the time.
    private const int MostConversations = 10_000;

    private readonly string? _data;
    private readonly TextSource? _source;
    private readonly DataSettings _settings;
    private readonly int _conversations;
    private readonly ulong _seed;

    public TrainingTexts(Preset preset, string? data, ulong seed)
    {
        if (data is null && preset.Data.Corpus is null)
            throw new PipelineException($"The preset {preset.Name} has no text of its own; give a file or folder with DATA=path (--data path).");
        _data = data;
        _source = data is null ? null : new TextSource(data);
        _settings = preset.Data;
        _seed = seed;
        _conversations = Math.Min(preset.Data.Examples, MostConversations);
        Fingerprint = _source is null
            ? $"{preset.Data.Corpus}, {_conversations} conversations, turns {preset.Data.MaxTurns}, distractors {preset.Data.MaxDistractors}"
            : Hash(_source);
    }

    /// <summary>What changes when the texts do.</summary>
    public string Fingerprint { get; }

    /// <summary>How to call the texts in a message.</summary>
    public string Description => _data ?? Fingerprint;

    /// <summary>Bytes on disk, or conversations: the total of <see cref="Read"/>'s progress.</summary>
    public long Total { get; private set; }

    /// <summary>Of <see cref="Total"/>, what was read.</summary>
    public long Done { get; private set; }

    /// <summary>What people should know of what <see cref="Read"/> read, each a line.</summary>
    public IReadOnlyList<string> Notes => _source?.Notes ?? [];

    /// <summary>Reads the texts; <see cref="Done"/> and <see cref="Total"/> advance as it goes.</summary>
    public IEnumerable<string> Read()
    {
        if (_source is null)
        {
            Total = _conversations;
            return _settings.CreateCorpus(_seed).Training(_conversations).SelectMany(item =>
            {
                Done++;
                return Texts(item.Messages);
            });
        }
        return _source.Read(progress => (Done, Total) = (progress.BytesRead, progress.TotalBytes))
            .SelectMany(item => item.Messages is null ? [item.Text!] : Texts(item.Messages));
    }

    private static IEnumerable<string> Texts(IReadOnlyList<ChatTurn> turns) => turns.SelectMany(turn => new[] { turn.Role + "\n", turn.Content });

    /// <summary>Hash over the files and, where some hold records, over how these are read.</summary>
    private static string Hash(TextSource source)
    {
        var text = new StringBuilder();
        foreach (TextFile file in source.Files)
            text.Append(CultureInfo.InvariantCulture, $"{file.RelativePath}\n{file.Bytes} {file.ModifiedUtc.Ticks}\n");
        if (source.Files.Any(file => file.Format != TextFormat.Plain))
            text.Append(source.Fingerprint);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..32];
    }
}
