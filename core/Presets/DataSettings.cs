using MhcPipeline.Core.Corpus;

namespace MhcPipeline.Core.Presets;

/// <summary>What is learned from.</summary>
public sealed record DataSettings
{
    /// <summary>Name of the built-in corpus of synthetic business documents.</summary>
    public const string BusinessDocuments = "business-documents";

    /// <summary>The built-in corpus to generate when no DATA path is given; null when the preset needs a path.</summary>
    public string? Corpus { get; init; }

    /// <summary>Conversations to generate for training.</summary>
    public int Examples { get; init; }

    /// <summary>Items to generate that share no entity with the training ones, for the evaluation after export.</summary>
    public int HeldOut { get; init; }

    /// <summary>Most questions and answers about one generated document; several make the supervision denser.</summary>
    public int MaxTurns { get; init; } = 4;

    /// <summary>Most lines of a generated document that name other people, numbers, amounts and dates than those asked for.</summary>
    public int MaxDistractors { get; init; } = 3;

    /// <summary>Share of the documents kept for the validation loss.</summary>
    public double ValidationFraction { get; init; } = 0.02;

    /// <summary>The built-in corpus that these settings describe.</summary>
    /// <param name="seed">Decides every document.</param>
    public BusinessCorpus CreateCorpus(ulong seed) => new(seed, new CorpusOptions { MaxTurns = MaxTurns, MaxDistractors = MaxDistractors });
}
