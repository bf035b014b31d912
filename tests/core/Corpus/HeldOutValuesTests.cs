using System.Globalization;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using MhcPipeline.Core.Corpus;
using MhcPipeline.Core.Corpus.Documents;
using Xunit;

namespace MhcPipeline.Core.Tests.Corpus;

/// <summary>Held-out documents share no value with training documents, whatever the two seeds are.</summary>
public sealed partial class HeldOutValuesTests
{
    [Fact]
    public void No_held_out_value_is_a_value_of_a_training_document_for_any_seeds() =>
        Prop.ForAll<ulong, ulong>((first, second) =>
        {
            HashSet<string> training = [.. Enumerable.Range(0, 300).SelectMany(i => Values(new BusinessCorpus(first).TrainingDocument(i)))];
            return Enumerable.Range(0, 100).SelectMany(i => Values(new BusinessCorpus(second).HeldOutDocument(i))).All(value => !training.Contains(value));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Fact]
    public void No_part_of_a_held_out_name_or_number_occurs_in_any_training_text()
    {
        BusinessCorpus corpus = new(99);
        HashSet<string> training = [.. Enumerable.Range(0, 10_000).SelectMany(i => Words(corpus.TrainingDocument(i).Text))];
        Assert.All(Enumerable.Range(0, 1_000).SelectMany(i => NameParts(corpus.HeldOutDocument(i))), part => Assert.DoesNotContain(part, training));
    }

    [Fact]
    public void No_held_out_date_occurs_in_training_in_another_spelling()
    {
        BusinessCorpus corpus = new(98);
        HashSet<DateOnly> training = [.. Enumerable.Range(0, 10_000).SelectMany(i => Dates(corpus.TrainingDocument(i)))];
        Assert.All(Enumerable.Range(0, 1_000).SelectMany(i => Dates(corpus.HeldOutDocument(i))), date => Assert.DoesNotContain(date, training));
    }

    [Fact]
    public void No_held_out_quantity_occurs_in_training()
    {
        BusinessCorpus corpus = new(97);
        HashSet<string> training = [.. Enumerable.Range(0, 10_000).SelectMany(i => Quantities(corpus.TrainingDocument(i)))];
        Assert.All(Enumerable.Range(0, 1_000).SelectMany(i => Quantities(corpus.HeldOutDocument(i))), quantity => Assert.DoesNotContain(quantity, training));
    }

    [Fact]
    public void Held_out_values_are_varied()
    {
        BusinessCorpus corpus = new(96);
        List<string> customers = [.. Enumerable.Range(0, 300).Select(i => corpus.HeldOutDocument(i).Fields.Single(field => field.Name == "customer").Value)];
        Assert.True(customers.Distinct().Count() > 290, $"{customers.Distinct().Count()} of 300 customers are different");
    }

    private static readonly string[] _sharedWords =
        ["Foods", "Group", "Logistics", "Trading", "Tools", "Media", "Energy", "Systems", "Textiles", "Pharma", "Motors", "Partners"];

    private static IEnumerable<string> Values(BusinessDocument document) =>
        document.Fields.Select(field => field.Value).Concat(document.Distractors);

    /// <summary>First names, surnames, brands and the digits of numbers and amounts; not the shared words that say what a thing is.</summary>
    private static IEnumerable<string> NameParts(BusinessDocument document)
    {
        foreach (DocumentField field in document.Fields)
        {
            switch (field.Name)
            {
                case "customer":
                    string[] words = field.Value.Split(' ');
                    yield return words[0];
                    if (!_sharedWords.Contains(words[1]))
                        yield return words[1];
                    break;
                case "product":
                    yield return field.Value.Split(' ')[0];
                    break;
                case "total":
                    yield return field.Value;
                    break;
                case "order" or "invoice":
                    yield return Digits().Match(field.Value).Value;
                    break;
            }
        }
    }

    private static IEnumerable<string> Words(string text) => Word().Matches(text).Select(match => match.Value);

    private static IEnumerable<string> Quantities(BusinessDocument document) =>
        document.Fields.Where(field => field.Name == "quantity").Select(field => field.Value);

    private static IEnumerable<DateOnly> Dates(BusinessDocument document) =>
        Values(document).Select(value => DateOnly.TryParseExact(value, ["yyyy-MM-dd", "dd.MM.yyyy", "d MMMM yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date) ? date : (DateOnly?)null)
            .OfType<DateOnly>();

    [GeneratedRegex(@"\d+(\.\d+)*|\p{L}+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\d{4,}")]
    private static partial Regex Digits();
}
