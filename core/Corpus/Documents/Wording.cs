using MhcPipeline.Core.Corpus.Values;

namespace MhcPipeline.Core.Corpus.Documents;

/// <summary>The ways to state one kind of fact. Wordings contain no digits and no names: those are values, and values are split.</summary>
/// <param name="Labels">Labels for a form's line.</param>
/// <param name="Sentences">Sentences with {0} where the value goes.</param>
internal sealed record Wording(string[] Labels, string[] Sentences)
{
    public Fact State(SeededRandom random, string value, string separator) => new(
        random.Pick(Labels) + separator + value,
        random.Pick(Sentences).Replace("{0}", value, StringComparison.Ordinal));
}
