using MhcPipeline.Core.Corpus.Values;

namespace MhcPipeline.Core.Corpus.Documents;

/// <summary>E-mails from customers about something they bought: late, unwanted, broken or wrongly billed.</summary>
internal static class SupportMail
{
    private static readonly string[] _greetings = ["Hello,", "Hi there,", "Dear support,", "Good day,", "To whom it may concern,"];
    private static readonly string[] _closings = ["Regards,", "Thanks,", "Best wishes,", "Yours,", "Kind regards,"];
    private static readonly string[] _prefixes = ["A-", "B", "SO-", "K", ""];

    private static readonly (string Label, string[] Subjects, string[] Complaints)[] _topics =
    [
        ("delivery", ["Where is my parcel?", "Late delivery", "Nothing has arrived"],
            ["It has not arrived yet.", "I am still waiting for the parcel.", "The delivery is late.", "The courier never came."]),
        ("refund", ["Return", "Money back", "I want to send it back"],
            ["I want my money back.", "Please refund me.", "I would like to return it.", "I no longer need it, how do I send it back?"]),
        ("defect", ["It is broken", "Faulty item", "Does not work"],
            ["It does not work.", "It was broken when I opened the box.", "It stopped working.", "It is defective and makes strange noises."]),
        ("billing", ["Wrong charge", "Question about my bill", "Charged twice"],
            ["I was charged twice.", "The bill is wrong.", "The amount on my card is not right.", "I never agreed to this price."]),
    ];

    private static readonly Wording _number = new(
        ["Order", "Order no.", "My order"],
        ["My order number is {0}.", "It is about order {0}.", "The order is {0}.", "I placed order {0} with you."]);

    private static readonly Wording _product = new(
        ["Item", "Product", "Bought"],
        ["I bought the {0}.", "It is about the {0}.", "The product is the {0}.", "I ordered the {0} for my mother."]);

    private static readonly Wording _date = new(
        ["Date", "Bought on", "Order date"],
        ["I bought it on {0}.", "I paid on {0}.", "The order was placed on {0}.", "That was on {0}."]);

    private static readonly Wording _name = new(
        ["Name", "From", "Customer"],
        ["My name is {0}.", "I am {0}.", "This is {0} writing."]);

    public static BusinessDocument Write(DocumentBuilder document, int distractors)
    {
        SeededRandom random = document.Random;
        (string label, string[] subjects, string[] complaints) = random.Pick(_topics);
        document.State(_number, document.Field("order", document.Values.Number(_prefixes)));
        string customer = document.Field("customer", document.Values.Person());
        document.State(_product, document.Field("product", document.Values.Product()));
        document.State(_date, document.Field("date", document.Values.Spell(document.Values.Day())));
        Distractors.Add(document, distractors);

        // The name stands where it stands in e-mails: at the top, in a sentence, or under the closing.
        int place = random.Below(3);
        if (place == 1)
            document.State(_name, customer);
        List<Fact> facts = document.Facts;
        random.Shuffle(facts);
        int inForm = random.Chance(25) ? random.Between(1, facts.Count - 1) : 0;
        List<string> sentences = [.. facts.Skip(inForm).Select(fact => fact.Sentence)];
        sentences.Insert(random.Below(sentences.Count + 1), random.Pick(complaints));

        List<string> lines = [];
        if (place == 0)
            lines.Add($"From: {customer}");
        if (random.Chance(60))
            lines.Add($"Subject: {random.Pick(subjects)}");
        lines.Add(random.Pick(_greetings));
        lines.Add(string.Join(" ", sentences));
        lines.AddRange(facts.Take(inForm).Select(fact => fact.Line));
        if (place == 2)
            lines.AddRange([random.Pick(_closings), customer]);
        return document.Build(string.Join("\n", lines), label);
    }
}
