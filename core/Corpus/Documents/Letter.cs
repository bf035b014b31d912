using MhcPipeline.Core.Corpus.Values;

namespace MhcPipeline.Core.Corpus.Documents;

/// <summary>Puts facts on paper: as a form, as a letter, or as a letter with a form in it, the facts in any order.</summary>
internal static class Letter
{
    private static readonly string[] _greetings = ["Hello,", "Dear team,", "Hi,", "Good morning,", "Dear all,"];
    private static readonly string[] _closings = ["Thank you.", "Best regards", "Kind regards", "Thanks a lot.", "Have a good day."];

    /// <param name="random">The document's random numbers.</param>
    /// <param name="titles">Headings of a form.</param>
    /// <param name="openings">First sentences of a letter.</param>
    /// <param name="facts">What to say.</param>
    public static string Write(SeededRandom random, string[] titles, string[] openings, List<Fact> facts)
    {
        random.Shuffle(facts);
        switch (random.Below(3))
        {
            case 0:
                return random.Pick(titles) + "\n" + Form(facts);
            case 1:
                return Prose(random, openings, facts);
            default:
                int split = random.Between(1, facts.Count - 1);
                return Prose(random, openings, facts[..split]) + "\n" + Form(facts[split..]);
        }
    }

    private static string Form(List<Fact> facts) => string.Join("\n", facts.Select(fact => fact.Line));

    private static string Prose(SeededRandom random, string[] openings, List<Fact> facts)
    {
        List<string> sentences = [.. facts.Select(fact => fact.Sentence)];
        if (random.Chance(60))
            sentences.Insert(0, random.Pick(openings));
        string body = string.Join(" ", sentences);
        if (random.Chance(60))
            body = random.Pick(_greetings) + "\n" + body;
        return random.Chance(40) ? body + "\n" + random.Pick(_closings) : body;
    }
}
