using System.Text.Json;
using MhcPipeline.Constraints.Patterns;
using MhcPipeline.Core;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>Reads a schema of draft 4, 6, 7, 2019-09 or 2020-12 as a formula. The spellings of all drafts are understood side by side.</summary>
internal sealed class SchemaParser
{
    private const int DeepestSchema = 100;

    private readonly SchemaDocument _document;
    private readonly Terms _terms;
    private readonly Formulas _formulas;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<string, ReferenceFormula> _references = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Formula> _parsed = new(StringComparer.Ordinal);
    private readonly Queue<string> _ahead = new();
    private int _depth;

    public SchemaParser(JsonElement schema, Terms terms, Formulas formulas, CancellationToken cancellation)
    {
        _document = new SchemaDocument(schema);
        _terms = terms;
        _formulas = formulas;
        _cancellation = cancellation;
    }

    /// <summary>The keywords that were found.</summary>
    public List<Occurrence> Occurrences { get; } = [];

    /// <summary>Whether 1.0 is no integer, as it is not up to draft 4.</summary>
    public bool IntegersHaveNoPoint => _document.IntegersHaveNoPoint;

    /// <summary>The formula of the whole schema.</summary>
    /// <exception cref="PipelineException">The schema is malformed.</exception>
    public Formula Parse()
    {
        Formula root = Refer("");
        while (_ahead.TryDequeue(out string? pointer))
            _references[pointer].Target = Schema(_document.At(pointer), pointer);
        foreach ((string pointer, ReferenceFormula reference) in _references)
        {
            if (Reaches(reference.Target, reference, []))
                throw new PipelineException($"The schema at #{pointer} refers to itself without a value in between, so it says nothing; remove the circle of $ref.");
        }
        return root;
    }

    private Formula Refer(string pointer)
    {
        if (_references.TryGetValue(pointer, out ReferenceFormula? known))
            return known;
        _ahead.Enqueue(pointer);
        return _references[pointer] = _formulas.New(new ReferenceFormula());
    }

    private static bool Reaches(Formula at, Formula wanted, HashSet<Formula> seen) => at == wanted || (seen.Add(at) && at switch
    {
        AllFormula all => all.Parts.Any(part => Reaches(part, wanted, seen)),
        AnyFormula any => any.Parts.Any(part => Reaches(part, wanted, seen)),
        OneOfFormula one => one.Branches.Any(part => Reaches(part, wanted, seen)),
        NotFormula not => Reaches(not.Part, wanted, seen),
        ReferenceFormula reference => Reaches(reference.Target, wanted, seen),
        _ => false,
    });

    private Formula Schema(JsonElement schema, string pointer)
    {
        if (_parsed.TryGetValue(pointer, out Formula? known))
            return known;
        _cancellation.ThrowIfCancellationRequested();
        if (++_depth > DeepestSchema)
            throw new PipelineException($"The schema nests more than {DeepestSchema} schemas in one another, at #{pointer}; move inner ones to $defs.");
        Formula formula = schema.ValueKind switch
        {
            JsonValueKind.True => ConstantFormula.True,
            JsonValueKind.False => ConstantFormula.False,
            JsonValueKind.Object => Keywords(schema, pointer),
            _ => throw Wrong(pointer, "must be an object, true or false"),
        };
        _depth--;
        return _parsed[pointer] = formula;
    }

    private Formula Keywords(JsonElement schema, string pointer)
    {
        var parts = new List<Formula>();
        if (schema.TryGetProperty("$ref", out JsonElement reference) && reference.ValueKind == JsonValueKind.String)
        {
            Note(pointer, "$ref");
            parts.Add(Refer(_document.Resolve(reference.GetString()!, pointer)));
            if (_document.ReferencesStandAlone)
                return parts[0];
        }
        foreach (JsonProperty property in schema.EnumerateObject())
            Keyword(schema, property, pointer, parts);
        if (schema.TryGetProperty("properties", out _) || schema.TryGetProperty("patternProperties", out _) || schema.TryGetProperty("additionalProperties", out _) || schema.TryGetProperty("unevaluatedProperties", out _))
            Members(schema, pointer, parts);
        if (schema.TryGetProperty("items", out _) || schema.TryGetProperty("prefixItems", out _) || schema.TryGetProperty("unevaluatedItems", out _))
            Items(schema, pointer, parts);
        return _formulas.All(parts);
    }

    private void Keyword(JsonElement schema, JsonProperty property, string pointer, List<Formula> parts)
    {
        string at = $"{pointer}/{property.Name}";
        JsonElement value = property.Value;
        switch (property.Name)
        {
            case "$dynamicRef" or "$recursiveRef":
                Note(pointer, property.Name);
                parts.Add(Refer(_document.Resolve(Text(value, at), pointer)));
                break;
            case "type":
                parts.Add(_formulas.New(new KindFormula(Kinds(value, at)) { Source = Note(pointer, "type") }));
                break;
            case "enum":
                if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
                    throw Wrong(at, "must be a list of values");
                parts.Add(_formulas.New(new ValuesFormula([.. value.EnumerateArray()]) { Source = Note(pointer, "enum") }));
                break;
            case "const":
                parts.Add(_formulas.New(new ValuesFormula([value]) { Source = Note(pointer, "const") }));
                break;
            case "minimum" or "maximum":
                bool upper = property.Name == "maximum";
                bool strict = schema.TryGetProperty(upper ? "exclusiveMaximum" : "exclusiveMinimum", out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
                parts.Add(_formulas.New(new BoundFormula(Number(value, at), upper, strict) { Source = Note(pointer, property.Name) }));
                break;
            case "exclusiveMinimum" or "exclusiveMaximum":
                if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                    parts.Add(_formulas.New(new BoundFormula(Number(value, at), property.Name == "exclusiveMaximum", true) { Source = Note(pointer, property.Name) }));
                break;
            case "multipleOf" or "divisibleBy":
                DecimalText divisor = Number(value, at);
                if (divisor.IsZero || divisor.Negative)
                    throw Wrong(at, "must be above zero");
                parts.Add(_formulas.New(new MultipleFormula(divisor) { Source = Note(pointer, property.Name) }));
                break;
            case "minLength":
                parts.Add(_formulas.New(new LengthFormula(Count(value, at), int.MaxValue) { Source = Note(pointer, "minLength") }));
                break;
            case "maxLength":
                parts.Add(_formulas.New(new LengthFormula(0, Count(value, at)) { Source = Note(pointer, "maxLength") }));
                break;
            case "pattern":
                Occurrence pattern = Note(pointer, "pattern");
                if (TryPattern(Text(value, at), pattern) is { } term)
                    parts.Add(_formulas.New(new PatternFormula(_terms, term) { Source = pattern }));
                break;
            case "format":
                Format(Text(value, at), pointer, parts);
                break;
            case "minItems":
                parts.Add(_formulas.New(new ItemCountFormula(Count(value, at), int.MaxValue) { Source = Note(pointer, "minItems") }));
                break;
            case "maxItems":
                parts.Add(_formulas.New(new ItemCountFormula(0, Count(value, at)) { Source = Note(pointer, "maxItems") }));
                break;
            case "uniqueItems":
                if (value.ValueKind == JsonValueKind.True)
                    parts.Add(_formulas.New(new UniqueFormula { Source = Note(pointer, "uniqueItems") }));
                break;
            case "contains":
                int min = schema.TryGetProperty("minContains", out JsonElement least) ? Count(least, $"{pointer}/minContains") : 1;
                int max = schema.TryGetProperty("maxContains", out JsonElement most) ? Count(most, $"{pointer}/maxContains") : int.MaxValue;
                parts.Add(_formulas.New(new ContainsFormula(Schema(value, at), min, max) { Source = Note(pointer, "contains") }));
                break;
            case "required":
                if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
                    break; // of draft 3, where it stands in the member's own schema
                Occurrence required = Note(pointer, "required");
                foreach (string name in Names(value, at))
                    parts.Add(_formulas.New(new RequiredFormula(name) { Source = required }));
                break;
            case "minProperties":
                parts.Add(_formulas.New(new MemberCountFormula(Count(value, at), int.MaxValue) { Source = Note(pointer, "minProperties") }));
                break;
            case "maxProperties":
                parts.Add(_formulas.New(new MemberCountFormula(0, Count(value, at)) { Source = Note(pointer, "maxProperties") }));
                break;
            case "propertyNames":
                parts.Add(_formulas.New(new NamesFormula(Schema(value, at)) { Source = Note(pointer, "propertyNames") }));
                break;
            case "dependencies" or "dependentRequired" or "dependentSchemas":
                Dependencies(property, pointer, parts);
                break;
            case "allOf":
                Occurrence all = Note(pointer, "allOf");
                parts.Add(_formulas.All(Branches(value, at), all));
                break;
            case "anyOf":
                Occurrence any = Note(pointer, "anyOf");
                parts.Add(_formulas.Any(Branches(value, at), any));
                break;
            case "oneOf":
                Formula[] branches = [.. Branches(value, at)];
                Occurrence one = Note(pointer, "oneOf");
                parts.Add(branches.Length == 1 ? branches[0] : _formulas.New(new OneOfFormula(branches) { Source = one }));
                break;
            case "not":
                Occurrence not = Note(pointer, "not");
                parts.Add(_formulas.Not(Schema(value, at), not));
                break;
            case "disallow" or "extends":
                Note(pointer, property.Name).Refuse("of draft 3; use not or allOf");
                break;
            case "if":
                Note(pointer, "if");
                Formula condition = Schema(value, at);
                Formula then = schema.TryGetProperty("then", out JsonElement yes) ? Schema(yes, $"{pointer}/then") : ConstantFormula.True;
                Formula otherwise = schema.TryGetProperty("else", out JsonElement no) ? Schema(no, $"{pointer}/else") : ConstantFormula.True;
                parts.Add(_formulas.Any([_formulas.Not(condition), then]));
                parts.Add(_formulas.Any([condition, otherwise]));
                break;
        }
    }

    private static JsonKinds Kinds(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.String)
            return Kind(value.GetString()!, at);
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
            throw Wrong(at, "must be the name of a type or a list of them");
        JsonKinds all = JsonKinds.None;
        foreach (JsonElement one in value.EnumerateArray())
            all |= Kind(Text(one, at), at);
        return all;
    }

    private static JsonKinds Kind(string name, string at) => name switch
    {
        "null" => JsonKinds.Null,
        "boolean" => JsonKinds.Boolean,
        "integer" => JsonKinds.Integer,
        "number" => JsonKinds.Number,
        "string" => JsonKinds.String,
        "array" => JsonKinds.Array,
        "object" => JsonKinds.Object,
        "any" => JsonKinds.All, // of draft 3
        _ => throw Wrong(at, $"is \"{name}\"; the types are null, boolean, integer, number, string, array and object"),
    };

    private void Format(string name, string pointer, List<Formula> parts)
    {
        if (Formats.PatternOf(name) is not null)
        {
            Occurrence source = Note(pointer, "format");
            if (Formats.LongestOf(name) < int.MaxValue)
                parts.Add(_formulas.New(new LengthFormula(0, Formats.LongestOf(name)) { Source = source }));
            parts.Add(_formulas.New(new PatternFormula(_terms, Formats.Known(name)) { Source = source }));
        }
        else if (Formats.IsUnsupported(name))
        {
            Note(pointer, "format").Check($"the format {name} is not enforced, nor checked");
        }
    }

    private Term? TryPattern(string pattern, Occurrence occurrence)
    {
        try
        {
            return PatternParser.Anywhere(_terms, pattern);
        }
        catch (PipelineException error)
        {
            occurrence.Refuse(error.Message);
            return null;
        }
    }

    private IEnumerable<Formula> Branches(JsonElement value, string at)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
            throw Wrong(at, "must be a list of schemas");
        int index = 0;
        foreach (JsonElement branch in value.EnumerateArray())
            yield return Schema(branch, $"{at}/{index++}");
    }

    private void Dependencies(JsonProperty property, string pointer, List<Formula> parts)
    {
        string at = $"{pointer}/{property.Name}";
        Occurrence source = Note(pointer, property.Name);
        if (property.Value.ValueKind != JsonValueKind.Object)
            throw Wrong(at, "must be an object");
        foreach (JsonProperty one in property.Value.EnumerateObject())
        {
            string place = $"{at}/{SchemaDocument.Escaped(one.Name)}";
            if (one.Value.ValueKind is JsonValueKind.Array or JsonValueKind.String)
            {
                string[] names = one.Value.ValueKind == JsonValueKind.String ? [one.Value.GetString()!] : [.. Names(one.Value, place)];
                if (names.Length > 0)
                    parts.Add(_formulas.New(new NeedsFormula(one.Name, names) { Source = source }));
            }
            else
            {
                parts.Add(_formulas.Any([_formulas.New(new RequiredFormula(one.Name, isForbidden: true) { Source = source }), Schema(one.Value, place)], source));
            }
        }
    }

    private void Members(JsonElement schema, string pointer, List<Formula> parts)
    {
        Occurrence? source = null;
        var named = new List<(string, Formula)>();
        var patterns = new List<(Term, Formula)>();
        if (schema.TryGetProperty("properties", out JsonElement properties))
        {
            source = Note(pointer, "properties");
            if (properties.ValueKind != JsonValueKind.Object)
                throw Wrong($"{pointer}/properties", "must be an object");
            foreach ((string name, JsonElement value) in JsonValues.Properties(properties))
                named.Add((name, Schema(value, $"{pointer}/properties/{SchemaDocument.Escaped(name)}")));
        }
        if (schema.TryGetProperty("patternProperties", out JsonElement described))
        {
            source = Note(pointer, "patternProperties");
            if (described.ValueKind != JsonValueKind.Object)
                throw Wrong($"{pointer}/patternProperties", "must be an object");
            foreach (JsonProperty one in described.EnumerateObject())
            {
                if (TryPattern(one.Name, source) is { } term)
                    patterns.Add((term, Schema(one.Value, $"{pointer}/patternProperties/{SchemaDocument.Escaped(one.Name)}")));
            }
        }
        Formula others = ConstantFormula.True;
        if (schema.TryGetProperty("additionalProperties", out JsonElement additional))
        {
            source = Note(pointer, "additionalProperties");
            others = Schema(additional, $"{pointer}/additionalProperties");
        }
        else if (schema.TryGetProperty("unevaluatedProperties", out JsonElement unevaluated))
        {
            source = Note(pointer, "unevaluatedProperties");
            if (schema.EnumerateObject().Any(property => property.Name is "allOf" or "anyOf" or "oneOf" or "not" or "if" or "$ref" or "$dynamicRef" or "dependentSchemas"))
                source.Check("beside keywords that evaluate members themselves it is not enforced, nor checked");
            else
                others = Schema(unevaluated, $"{pointer}/unevaluatedProperties");
        }
        parts.Add(_formulas.New(new PropertiesFormula(_terms, named, patterns, others) { Source = source }));
    }

    private void Items(JsonElement schema, string pointer, List<Formula> parts)
    {
        Occurrence? source = null;
        Formula[] first = [];
        Formula rest = ConstantFormula.True;
        string after = "items";
        if (schema.TryGetProperty("prefixItems", out JsonElement prefix))
        {
            first = [.. Branches(prefix, $"{pointer}/prefixItems")];
            source = Note(pointer, "prefixItems");
        }
        else if (schema.TryGetProperty("items", out JsonElement list) && list.ValueKind == JsonValueKind.Array)
        {
            first = list.GetArrayLength() == 0 ? [] : [.. Branches(list, $"{pointer}/items")];
            source = Note(pointer, "items");
            after = "additionalItems";
        }
        if (schema.TryGetProperty(after, out JsonElement others))
        {
            source = Note(pointer, after);
            rest = Schema(others, $"{pointer}/{after}");
        }
        else if (schema.TryGetProperty("unevaluatedItems", out JsonElement unevaluated))
        {
            source = Note(pointer, "unevaluatedItems");
            if (schema.EnumerateObject().Any(property => property.Name is "allOf" or "anyOf" or "oneOf" or "not" or "if" or "$ref" or "$dynamicRef" or "contains"))
                source.Check("beside keywords that evaluate items themselves it is not enforced, nor checked");
            else
                rest = Schema(unevaluated, $"{pointer}/unevaluatedItems");
        }
        parts.Add(_formulas.New(new ItemsFormula(first, rest) { Source = source }));
    }

    private Occurrence Note(string pointer, string keyword)
    {
        var occurrence = new Occurrence($"#{pointer}/{SchemaDocument.Escaped(keyword)}", keyword);
        Occurrences.Add(occurrence);
        return occurrence;
    }

    private static string Text(JsonElement value, string at) => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(at, "must be a string");

    private static DecimalText Number(JsonElement value, string at) => value.ValueKind == JsonValueKind.Number && DecimalText.Parse(value.GetRawText()) is { } number ? number : throw Wrong(at, "must be a number that is not astronomic");

    private static int Count(JsonElement value, string at)
    {
        if (value.ValueKind != JsonValueKind.Number || DecimalText.Parse(value.GetRawText()) is not { IsInteger: true, Negative: false } number)
            throw Wrong(at, "must be a whole number from 0 on");
        return int.TryParse(number.Integer, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int count) ? count : int.MaxValue;
    }

    private static IEnumerable<string> Names(JsonElement value, string at)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw Wrong(at, "must be a list of names");
        return value.EnumerateArray().Select(name => Text(name, at));
    }

    private static PipelineException Wrong(string pointer, string what) => new($"The schema at #{pointer} {what}.");
}
