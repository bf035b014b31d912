namespace MhcPipeline.Core.Corpus;

/// <summary>How long and how hard the documents and conversations are.</summary>
public sealed record CorpusOptions
{
    /// <summary>Most user turns in a training conversation, at least 1. Several questions about one document make the supervision denser.</summary>
    public int MaxTurns { get; init; } = 4;

    /// <summary>Most lines or sentences in a document that name other people, numbers, amounts and dates than the ones asked for.</summary>
    public int MaxDistractors { get; init; } = 3;

    /// <summary>
    /// Number of training documents over which the number of distractors grows from none to <see cref="MaxDistractors"/>;
    /// 0 starts at full difficulty. Only useful to a trainer that reads the documents in order.
    /// </summary>
    public int EasyDocuments { get; init; }

    /// <exception cref="PipelineException">A value is out of its range; the message names it.</exception>
    internal void Validate()
    {
        Require(MaxTurns >= 1, nameof(MaxTurns), MaxTurns, "at least 1");
        Require(MaxDistractors >= 0, nameof(MaxDistractors), MaxDistractors, "0 or more");
        Require(EasyDocuments >= 0, nameof(EasyDocuments), EasyDocuments, "0 or more");
    }

    private static void Require(bool holds, string name, int value, string range)
    {
        if (!holds)
            throw new PipelineException($"Corpus option {name} is {value}; it must be {range}.");
    }
}
