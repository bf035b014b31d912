using MhcPipeline.Core.Corpus.Values;

namespace MhcPipeline.Core.Corpus.Documents;

/// <summary>Collects what one document says: fields that can be asked for, and distractors that cannot.</summary>
internal sealed class DocumentBuilder(SeededRandom random, ValueSource values)
{
    private static readonly string[] _separators = [": ", ": ", " - ", " = ", "\t"];
    private static readonly string[] _currencies = ["EUR", "USD", "GBP", "CHF"];

    private readonly List<DocumentField> _fields = [];
    private readonly List<string> _distractors = [];
    private readonly List<Fact> _facts = [];
    private readonly string _separator = random.Pick(_separators);
    private readonly string _currency = random.Pick(_currencies);
    private readonly bool _currencyFirst = random.Chance(50);

    public SeededRandom Random => random;

    public ValueSource Values => values;

    public List<Fact> Facts => _facts;

    /// <summary>A field of the answer, without a place in the text yet.</summary>
    public string Field(string name, string value, bool isNumber = false)
    {
        _fields.Add(new DocumentField(name, value, isNumber));
        return value;
    }

    /// <summary>States a value, of a field or a distractor, somewhere in the document.</summary>
    public void State(Wording wording, string shown) => _facts.Add(wording.State(random, shown, _separator));

    /// <summary>States a value that is nobody's answer.</summary>
    public string Distract(string value)
    {
        _distractors.Add(value);
        return value;
    }

    /// <summary>The amount with the document's currency before or behind it.</summary>
    public string Money(string amount) => _currencyFirst ? $"{_currency} {amount}" : $"{amount} {_currency}";

    public BusinessDocument Build(string text, string label) => new(text, label, _fields, _distractors);
}
