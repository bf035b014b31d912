using System.Text.Json;
using MhcPipeline.Constraints.Json;
using MhcPipeline.Constraints.Lexing;
using MhcPipeline.Constraints.Parsing;
using MhcPipeline.Constraints.Patterns;
using MhcPipeline.Core;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>Turns a formula into places of the push-down, value by value.</summary>
internal sealed class SchemaCompiler
{
    private const int MostValues = 20_000, MostFolded = 64, MostDistances = 2_000;

    private readonly Terms _terms;
    private readonly Formulas _formulas;
    private readonly NumberTerms _numbers;
    private readonly Variants _variants;
    private readonly JsonSyntax _syntax;
    private readonly bool _integersHaveNoPoint;
    private readonly TextLexer _strings;
    private readonly TextLexer _plain;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<Formula, ValueNode> _values = [];
    private readonly Queue<Formula> _ahead = new();

    public SchemaCompiler(Terms terms, Formulas formulas, JsonSyntax syntax, bool integersHaveNoPoint, CancellationToken cancellation)
    {
        _integersHaveNoPoint = integersHaveNoPoint || syntax.IsCompact;
        _terms = terms;
        _formulas = formulas;
        _syntax = syntax;
        _cancellation = cancellation;
        _numbers = new NumberTerms(terms);
        _variants = new Variants(formulas, terms, _numbers, cancellation);
        _strings = new TextLexer(terms, TextSpelling.Json);
        _plain = new TextLexer(terms, TextSpelling.Plain);
    }

    /// <summary>The place where a value of which the formula holds begins.</summary>
    /// <exception cref="PipelineException">There is no such value, or the schema is too large.</exception>
    public Node Compile(Formula formula)
    {
        ValueNode root = Value(formula);
        while (_ahead.TryDequeue(out Formula? next))
        {
            _cancellation.ThrowIfCancellationRequested();
            Fill(_values[next], next);
        }
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (ValueNode value in _values.Values.Reverse())
                changed |= value.Measure();
        }
        if (!root.IsPossible)
            throw new PipelineException("No value of finite size fulfils the schema: it contradicts itself, or a $ref leads back to itself through members or items that must be there. Remove the contradiction, or make one member of the circle optional.");
        foreach (ValueNode value in _values.Values)
            value.Prune();
        return root;
    }

    private ValueNode Value(Formula formula)
    {
        while (formula is ReferenceFormula reference)
            formula = reference.Target;
        if (_values.TryGetValue(formula, out ValueNode? known))
            return known;
        if (_values.Count >= MostValues)
            throw new PipelineException($"The schema describes more than {MostValues} different values; make it smaller.");
        _ahead.Enqueue(formula);
        return _values[formula] = new ValueNode();
    }

    private void Fill(ValueNode node, Formula formula)
    {
        var words = new List<byte[]>();
        if (_variants.ValuesOf(formula) is { } values)
        {
            foreach (JsonElement value in values)
            {
                switch (value.ValueKind)
                {
                    case JsonValueKind.Array:
                        AddArrays(node, _variants.Structure(value, null));
                        break;
                    case JsonValueKind.Object:
                        AddObjects(node, _variants.Structure(value, null));
                        break;
                    case JsonValueKind.String:
                        words.Add(JsonText.Quoted(value.GetString()!));
                        break;
                    case JsonValueKind.Number when !_syntax.IsCompact && DecimalText.Parse(value.GetRawText()) is { } number:
                        AddNumbers(node, _terms.Both(_numbers.Plain, _numbers.EqualTo(number)));
                        break;
                    default:
                        words.Add(System.Text.Encoding.UTF8.GetBytes(value.GetRawText()));
                        break;
                }
            }
            AddWords(node, words);
            return;
        }
        JsonKinds kinds = _variants.KindsOf(formula);
        words.AddRange(JsonWords.All.Where(word => (kinds & JsonValues.KindOf(word)) != JsonKinds.None && formula.Holds(word, null)).Select(word => System.Text.Encoding.UTF8.GetBytes(word.GetRawText())));
        if ((kinds & JsonKinds.Number) != JsonKinds.None)
        {
            Term said = _variants.NumbersOf(formula);
            bool whole = (kinds & JsonKinds.Fraction) == JsonKinds.None;
            if (said == Terms.Anything)
                node.Scalars.Add(new LexemeNode(!whole ? TextLexer.AnyNumber : _integersHaveNoPoint ? TextLexer.AnyInteger : TextLexer.AnyIntegral));
            else
                AddNumbers(node, _terms.Both(!whole ? _numbers.Plain : _integersHaveNoPoint ? _numbers.Integer : _numbers.Integral, said));
        }
        if ((kinds & JsonKinds.String) != JsonKinds.None)
            AddStrings(node, formula, words);
        AddWords(node, words);
        if ((kinds & JsonKinds.Array) != JsonKinds.None)
            AddArrays(node, formula);
        if ((kinds & JsonKinds.Object) != JsonKinds.None)
            AddObjects(node, formula);
    }

    private static void AddWords(ValueNode node, List<byte[]> words)
    {
        if (words.Count > 0)
            node.Scalars.Add(new LexemeNode(new WordsLexeme(words).Start()));
    }

    private void AddNumbers(ValueNode node, Term term)
    {
        if (_terms.IsLive(term))
            node.Scalars.Add(new LexemeNode(_plain.Start(term)));
    }

    private void AddStrings(ValueNode node, Formula formula, List<byte[]> words)
    {
        var free = new List<Term>();
        foreach (Formula[] statements in _variants.Of(formula, JsonKinds.String))
        {
            if (statements.OfType<ValuesFormula>().FirstOrDefault() is { } values)
            {
                words.AddRange(values.Values.Where(value => value.ValueKind == JsonValueKind.String && statements.All(said => said.Holds(value, null))).Select(value => JsonText.Quoted(value.GetString()!)));
                continue;
            }
            (int min, int max) = Variants.Lengths(statements);
            if (min > max)
                continue;
            PatternFormula[] patterns = [.. statements.OfType<PatternFormula>()];
            if (patterns is [{ Format: { } format }] && min == 0 && max == Formats.LongestOf(format))
            {
                node.Scalars.Add(new LexemeNode(TextLexer.OfFormat(format), null, min, max));
                continue;
            }
            Term term = _terms.Both(patterns.Select(pattern => pattern.Term));
            if (!_terms.IsLive(term, term.HasStart))
                continue;
            if (min == 0 && max == int.MaxValue)
            {
                free.Add(term);
                continue;
            }
            if (term != Terms.Anything)
            {
                // A pattern and a length that leave finitely many texts, or that are too intricate to be told apart, become one pattern.
                (int Shortest, int Longest)? distances = _terms.Distances(term, term.HasStart, MostDistances);
                if (distances is null || distances.Value.Longest != int.MaxValue || max <= MostFolded)
                {
                    Term folded = _terms.Both(term, _terms.Loop(Terms.AnyOne, min, max == int.MaxValue ? -1 : max));
                    if (_terms.IsLive(folded, folded.HasStart))
                        free.Add(folded);
                    continue;
                }
                if (distances.Value.Shortest > max)
                    continue;
            }
            node.Scalars.Add(new LexemeNode(_strings.Start(term), null, min, max));
        }
        if (free.Count > 0)
            node.Scalars.Add(new LexemeNode(_strings.Start(_terms.Either(free))));
    }

    private void AddArrays(ValueNode node, Formula formula)
    {
        foreach (Formula[] statements in _variants.Of(formula, JsonKinds.Array))
        {
            ItemsFormula[] items = [.. statements.OfType<ItemsFormula>()];
            int min = statements.OfType<ItemCountFormula>().Select(count => count.Min).DefaultIfEmpty(0).Max();
            int max = statements.OfType<ItemCountFormula>().Select(count => count.Max).DefaultIfEmpty(int.MaxValue).Min();
            Formula[] first = [.. Enumerable.Range(0, items.Select(one => one.First.Count).DefaultIfEmpty(0).Max()).Select(i => _formulas.All(items.Select(one => one.For(i))))];
            Formula rest = _formulas.All(items.Select(one => one.Rest));
            ContainsFormula? contains = null;
            foreach (ContainsFormula one in statements.OfType<ContainsFormula>())
            {
                if (one is { Max: 0 })
                {
                    Formula not = _formulas.Not(one.Item);
                    first = [.. first.Select(item => _formulas.All([item, not]))];
                    rest = _formulas.All([rest, not]);
                    if (one.Min > 0)
                        max = -1;
                }
                else if (one is { Min: 0, Max: int.MaxValue })
                {
                    continue;
                }
                else if (contains is null)
                {
                    contains = one;
                }
                else
                {
                    one.Source?.Check("of several contains one is enforced");
                }
            }
            ArrayNode.Contained? contained = null;
            if (contains is not null)
            {
                contained = new ArrayNode.Contained([.. first.Select(item => Value(_formulas.All([item, contains.Item])))], Value(_formulas.All([rest, contains.Item])), contains.Min, contains.Max);
                if (contains.Max != int.MaxValue)
                {
                    Formula not = _formulas.Not(contains.Item);
                    first = [.. first.Select(item => _formulas.All([item, not]))];
                    rest = _formulas.All([rest, not]);
                }
            }
            if (max >= min)
                node.Containers.Add(new ArrayNode(_syntax, [.. first.Select(Value)], Value(rest), min, max, contained));
        }
    }

    private void AddObjects(ValueNode node, Formula formula)
    {
        var ahead = new Queue<Formula[]>(_variants.Of(formula, JsonKinds.Object));
        while (ahead.TryDequeue(out Formula[]? statements))
        {
            PropertiesFormula[] properties = [.. statements.OfType<PropertiesFormula>()];
            List<string> names = [.. properties.SelectMany(one => one.Named.Select(named => named.Name))
                .Concat(statements.OfType<RequiredFormula>().Select(one => one.Name))
                .Concat(statements.OfType<NeedsFormula>().SelectMany(one => one.Names.Prepend(one.Trigger)))
                .Distinct(StringComparer.Ordinal)];
            List<(Term Key, Formula Value)> classes = Classes(statements, properties, names);
            if (statements.OfType<SomeMemberFormula>().FirstOrDefault() is { } some)
            {
                Formula[] others = [.. statements.Where(statement => statement != some)];
                if (classes.Exists(one => Overlap(one.Key, some.Names) && _formulas.All([one.Value, some.Value]) != ConstantFormula.False))
                {
                    some.Source?.Check("that one of arbitrary members is as described is not enforced");
                    ahead.Enqueue(others);
                    continue;
                }
                foreach (string name in names.Where(name => _terms.IsMatch(some.Names, name)))
                    ahead.Enqueue([.. others, _formulas.New(new RequiredFormula(name)), _formulas.New(new PropertiesFormula(_terms, [(name, some.Value)], [], ConstantFormula.True))]);
                continue;
            }
            HashSet<string> required = [.. statements.OfType<RequiredFormula>().Where(one => !one.IsForbidden).Select(one => one.Name)];
            ILookup<string, string> needs = statements.OfType<NeedsFormula>().SelectMany(one => one.Names.Select(name => (one.Trigger, name))).ToLookup(pair => pair.Trigger, pair => pair.name);
            List<ObjectKey> keys = [.. names.Select(name => new ObjectKey(name, Value(_variants.Member(statements, name)), required.Contains(name), [.. needs[name].Where(other => other != name).Distinct(StringComparer.Ordinal)]))];
            int min = statements.OfType<MemberCountFormula>().Select(count => count.Min).DefaultIfEmpty(0).Max();
            int max = statements.OfType<MemberCountFormula>().Select(count => count.Max).DefaultIfEmpty(int.MaxValue).Min();
            if (classes.Count > 0 && min > required.Count + 1)
            {
                foreach (MemberCountFormula count in statements.OfType<MemberCountFormula>())
                    count.Source?.Check("two keys that the schema does not name may be the same, and count once");
            }
            node.Containers.Add(new ObjectNode(_syntax, keys, [.. classes.Select(one => new KeyClass(_strings.Start(one.Key), Value(one.Value)))], min, max));
        }
    }

    private bool Overlap(Term a, Term b)
    {
        Term both = _terms.Both(a, b);
        return _terms.IsLive(both, both.HasStart);
    }

    /// <summary>The keys that are not named, by which of the patterns they match.</summary>
    private List<(Term Key, Formula Value)> Classes(Formula[] statements, PropertiesFormula[] properties, List<string> names)
    {
        Formula unmatched = _formulas.All(properties.Select(one => one.Others));
        Term[] patterns = [.. properties.SelectMany(one => one.Patterns.Select(pattern => pattern.Names)).Distinct()];
        if (patterns.Length == 0 && unmatched == ConstantFormula.False)
            return [];
        Term start = _terms.Both(statements.OfType<NamesFormula>().Select(one => _variants.StringsOf(one.Name)));
        if (names.Count > 0)
            start = _terms.Both(start, _terms.Not(_terms.Leaf(WordsState.Of(names))));
        List<(Term Key, HashSet<Term> Matched)> classes = [(start, [])];
        foreach (Term pattern in patterns)
        {
            List<(Term Key, HashSet<Term> Matched)> split = [];
            foreach ((Term key, HashSet<Term> matched) in classes)
            {
                Term inside = _terms.Both(key, pattern), outside = _terms.Both(key, _terms.Not(pattern));
                if (_terms.IsLive(inside, inside.HasStart))
                    split.Add((inside, [.. matched, pattern]));
                if (_terms.IsLive(outside, outside.HasStart))
                    split.Add((outside, matched));
            }
            classes = split;
        }
        var all = new List<(Term Key, Formula Value)>();
        foreach ((Term key, HashSet<Term> matched) in classes)
        {
            Formula value = _formulas.All(properties.SelectMany(one =>
            {
                Formula[] described = [.. one.Patterns.Where(pattern => matched.Contains(pattern.Names)).Select(pattern => pattern.Value)];
                return described.Length > 0 ? described : [one.Others];
            }));
            if (value != ConstantFormula.False && _terms.IsLive(key, key.HasStart))
                all.Add((key, value));
        }
        return [.. all.GroupBy(one => one.Value).Select(group => (_terms.Either(group.Select(one => one.Key)), group.Key))];
    }
}
