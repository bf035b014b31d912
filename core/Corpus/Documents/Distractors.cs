using MhcPipeline.Core.Corpus.Values;

namespace MhcPipeline.Core.Corpus.Documents;

/// <summary>Facts that look like answers and are none: other people, numbers, amounts and dates.</summary>
internal static class Distractors
{
    private static readonly Wording _clerk = new(
        ["Your contact", "Handled by", "Clerk", "Approved by"],
        ["{0} looks after this.", "{0} has approved it.", "In case of doubt ask {0}.", "{0} is in copy."]);

    private static readonly Wording _reference = new(
        ["Reference", "Tracking", "Customer no.", "Quote"],
        ["Our reference is {0}.", "The tracking code is {0}.", "Please quote {0}.", "It belongs to project {0}."]);

    private static readonly Wording _fee = new(
        ["Shipping", "Discount", "Deposit", "Packing"],
        ["Shipping is {0}.", "A discount of {0} is included.", "A deposit of {0} was paid.", "Packing costs {0}."]);

    private static readonly Wording _otherDate = new(
        ["Printed", "Delivery", "Last contact", "Valid until"],
        ["Delivery is planned for {0}.", "We last spoke on {0}.", "The offer is valid until {0}.", "Our office is closed on {0}."]);

    private static readonly string[] _referencePrefixes = ["R", "T-", "Q", "C-"];

    /// <summary>Adds up to <paramref name="most"/> of them, of different kinds.</summary>
    public static void Add(DocumentBuilder document, int most)
    {
        SeededRandom random = document.Random;
        List<Action> kinds =
        [
            () => document.State(_clerk, document.Distract(document.Values.Person())),
            () => document.State(_reference, document.Distract(document.Values.Number(_referencePrefixes))),
            () => document.State(_fee, document.Money(document.Distract(document.Values.Amount()))),
            () => document.State(_otherDate, document.Distract(document.Values.Spell(document.Values.Day()))),
        ];
        random.Shuffle(kinds);
        foreach (Action add in kinds.Take(random.Below(most + 1)))
            add();
    }
}
