using System.Text.Json;
using MhcPipeline.Constraints.Patterns;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>
/// Takes formulas apart: for one kind of values, the list of conjunctions of simple statements of which one must hold. What would be too many is left out and marked as only checked,
/// so that what is enforced is never more than the schema says.
/// </summary>
/// <param name="formulas">Combines formulas.</param>
/// <param name="terms">Makes patterns.</param>
/// <param name="numbers">Terms of numbers.</param>
/// <param name="cancellation">Ends it.</param>
internal sealed class Variants(Formulas formulas, Terms terms, NumberTerms numbers, CancellationToken cancellation)
{
    private const int MostVariants = 256, MostBranches = 200, Depth = 4;

    private readonly Dictionary<(Formula, Formula), bool> _apart = [];
    private readonly Dictionary<(Formula, JsonKinds), List<Formula[]>> _known = [];
    private int _nesting;

    /// <summary>The conjunctions for values of one kind: strings, arrays or objects.</summary>
    public List<Formula[]> Of(Formula formula, JsonKinds kind)
    {
        if (_known.TryGetValue((formula, kind), out List<Formula[]>? known))
            return known;
        return _known[(formula, kind)] = Split(formula, false, kind);
    }

    /// <summary>The kinds of values of which a formula may hold; perhaps more than there are.</summary>
    public JsonKinds KindsOf(Formula formula) => formula switch
    {
        ConstantFormula constant => constant.IsTrue ? JsonKinds.All : JsonKinds.None,
        KindFormula kind => kind.Kinds,
        ValuesFormula values => values.Values.Aggregate(JsonKinds.None, (all, value) => all | JsonValues.KindOf(value)),
        AllFormula all => all.Parts.Aggregate(JsonKinds.All, (kinds, part) => kinds & KindsOf(part)),
        AnyFormula any => any.Parts.Aggregate(JsonKinds.None, (kinds, part) => kinds | KindsOf(part)),
        OneOfFormula one => one.Branches.Aggregate(JsonKinds.None, (kinds, part) => kinds | KindsOf(part)),
        ReferenceFormula reference => KindsOf(reference.Target),
        _ => JsonKinds.All,
    };

    /// <summary>The values of which one must be, where a formula leaves finitely many and says so plainly; null otherwise.</summary>
    public IReadOnlyList<JsonElement>? ValuesOf(Formula formula)
    {
        IEnumerable<JsonElement>? values = Listed(formula);
        if (values is null)
            return null;
        var kept = new List<JsonElement>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonElement value in values)
        {
            cancellation.ThrowIfCancellationRequested();
            if (formula.Holds(value, null) && keys.Add(JsonValues.KeyOf(value)))
                kept.Add(value);
        }
        return kept;
    }

    /// <summary>A value spelled out as statements about its parts.</summary>
    /// <param name="value">The value.</param>
    /// <param name="source">The keyword that it stands in.</param>
    public Formula Structure(JsonElement value, Occurrence? source)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            Formula[] items = [.. value.EnumerateArray().Select(item => formulas.New(new ValuesFormula([item]) { Source = source }))];
            return formulas.All([formulas.New(new KindFormula(JsonKinds.Array)), formulas.New(new ItemsFormula(items, ConstantFormula.False) { Source = source }), formulas.New(new ItemCountFormula(items.Length, items.Length))]);
        }
        Dictionary<string, JsonElement> members = JsonValues.Properties(value);
        (string, Formula)[] named = [.. members.Select(member => (member.Key, (Formula)formulas.New(new ValuesFormula([member.Value]) { Source = source })))];
        return formulas.All([formulas.New(new KindFormula(JsonKinds.Object)), formulas.New(new PropertiesFormula(terms, named, [], ConstantFormula.False) { Source = source }), .. members.Keys.Select(name => formulas.New(new RequiredFormula(name)))]);
    }

    /// <summary>The texts of the numbers of which a formula holds, as far as a term can say it.</summary>
    public Term NumbersOf(Formula formula, bool denied = false)
    {
        switch (formula)
        {
            case AllFormula all:
                return denied ? terms.Either(all.Parts.Select(part => NumbersOf(part, true))) : terms.Both(all.Parts.Select(part => NumbersOf(part)));
            case AnyFormula any:
                return denied ? terms.Both(any.Parts.Select(part => NumbersOf(part, true))) : terms.Either(any.Parts.Select(part => NumbersOf(part)));
            case NotFormula not:
                return NumbersOf(not.Part, !denied);
            case ReferenceFormula reference:
                return NumbersOf(reference.Target, denied);
            case OneOfFormula one:
                return NumbersOf(OneOf(one, denied, JsonKinds.Number));
            case MultipleFormula multiple when numbers.MultipleOf(multiple.Divisor) is null:
                multiple.Source?.Check("a divisor with so many digits is not followed digit by digit");
                return Terms.Anything;
        }
        Term term = formula switch
        {
            ConstantFormula { IsTrue: false } => Terms.Nothing,
            KindFormula kind => (kind.Kinds & JsonKinds.Number) switch
            {
                JsonKinds.Number => Terms.Anything,
                JsonKinds.Integer => numbers.Whole,
                JsonKinds.Fraction => terms.Not(numbers.Whole),
                _ => Terms.Nothing,
            },
            ValuesFormula values => terms.Either(values.Values.Where(value => value.ValueKind == JsonValueKind.Number).Select(value => DecimalText.Parse(value.GetRawText())).OfType<DecimalText>().Select(numbers.EqualTo)),
            BoundFormula bound => bound.IsUpper ? terms.Not(numbers.Above(bound.Bound, orEqual: bound.IsExclusive)) : numbers.Above(bound.Bound, orEqual: !bound.IsExclusive),
            MultipleFormula multiple => numbers.MultipleOf(multiple.Divisor)!,
            _ => Terms.Anything,
        };
        return denied ? terms.Not(term) : term;
    }

    /// <summary>The strings of which a formula holds, lengths included: for names of members.</summary>
    public Term StringsOf(Formula formula) => terms.Either(Of(formula, JsonKinds.String).Select(StringOf));

    /// <summary>The strings of which all of some statements hold.</summary>
    public Term StringOf(Formula[] statements)
    {
        ValuesFormula? values = statements.OfType<ValuesFormula>().FirstOrDefault();
        if (values is not null)
        {
            string[] words = [.. values.Values.Where(value => value.ValueKind == JsonValueKind.String && statements.All(said => said.Holds(value, null))).Select(value => value.GetString()!)];
            return words.Length == 0 ? Terms.Nothing : terms.Leaf(WordsState.Of(words));
        }
        Term all = terms.Both(statements.OfType<PatternFormula>().Select(pattern => pattern.Term));
        (int min, int max) = Lengths(statements);
        if (min > max)
            return Terms.Nothing;
        return min == 0 && max == int.MaxValue ? all : terms.Both(all, terms.Loop(Terms.AnyOne, min, max == int.MaxValue ? -1 : max));
    }

    /// <summary>The fewest and the most code points.</summary>
    public static (int Min, int Max) Lengths(Formula[] statements) => (
        statements.OfType<LengthFormula>().Select(length => length.Min).DefaultIfEmpty(0).Max(),
        statements.OfType<LengthFormula>().Select(length => length.Max).DefaultIfEmpty(int.MaxValue).Min());

    /// <summary>All that is said of a member by name.</summary>
    public Formula Member(Formula[] statements, string name)
    {
        foreach (Formula statement in statements)
        {
            if (statement is RequiredFormula { IsForbidden: true } forbidden && forbidden.Name == name)
                return ConstantFormula.False;
            if (statement is NamesFormula names && !names.Name.Holds(JsonValues.Text(name), null))
                return ConstantFormula.False;
        }
        return formulas.All(statements.OfType<PropertiesFormula>().SelectMany(properties => properties.For(name)));
    }

    /// <summary>Whether no value can fulfil both formulas, as far as it can be seen some levels deep.</summary>
    public bool AreApart(Formula a, Formula b)
    {
        (Formula, Formula) pair = a.Id < b.Id ? (a, b) : (b, a);
        if (_apart.TryGetValue(pair, out bool known))
            return known;
        _apart[pair] = false; // while it is looked at
        return _apart[pair] = IsImpossible(formulas.All([a, b]), Depth);
    }

    private bool IsImpossible(Formula formula, int depth)
    {
        if (formula == ConstantFormula.False)
            return true;
        if (depth == 0)
            return false;
        if (ValuesOf(formula) is { } values)
            return values.Count == 0;
        JsonKinds kinds = KindsOf(formula);
        if (kinds == JsonKinds.None)
            return true;
        foreach (JsonElement word in JsonWords.All)
        {
            if ((kinds & JsonValues.KindOf(word)) != JsonKinds.None && formula.Holds(word, null))
                return false;
        }
        if ((kinds & JsonKinds.Number) != JsonKinds.None && terms.IsLive(terms.Both(numbers.Plain, NumbersOf(formula))))
            return false;
        if ((kinds & JsonKinds.String) != JsonKinds.None && Of(formula, JsonKinds.String).Exists(statements => StringOf(statements) is var term && terms.IsLive(term, term.HasStart)))
            return false;
        if ((kinds & JsonKinds.Array) != JsonKinds.None && Of(formula, JsonKinds.Array).Exists(statements => !IsImpossibleArray(statements, depth)))
            return false;
        return (kinds & JsonKinds.Object) == JsonKinds.None || !Of(formula, JsonKinds.Object).Exists(statements => !IsImpossibleObject(statements, depth));
    }

    private bool IsImpossibleArray(Formula[] statements, int depth)
    {
        int min = statements.OfType<ItemCountFormula>().Select(count => count.Min).DefaultIfEmpty(0).Max();
        int max = statements.OfType<ItemCountFormula>().Select(count => count.Max).DefaultIfEmpty(int.MaxValue).Min();
        if (min > max)
            return true;
        for (int i = 0; i < Math.Min(min, 8); i++)
        {
            int index = i;
            if (IsImpossible(formulas.All(statements.OfType<ItemsFormula>().Select(items => items.For(index))), depth - 1))
                return true;
        }
        return false;
    }

    private bool IsImpossibleObject(Formula[] statements, int depth)
    {
        int min = statements.OfType<MemberCountFormula>().Select(count => count.Min).DefaultIfEmpty(0).Max();
        int max = statements.OfType<MemberCountFormula>().Select(count => count.Max).DefaultIfEmpty(int.MaxValue).Min();
        string[] required = [.. statements.OfType<RequiredFormula>().Where(one => !one.IsForbidden).Select(one => one.Name).Distinct(StringComparer.Ordinal)];
        if (min > max || required.Length > max)
            return true;
        if (Array.Exists(required, name => IsImpossible(Member(statements, name), depth - 1)))
            return true;
        // Denied statements about all members need one among the members that there can be.
        return Array.Exists(statements, statement => statement is SomeMemberFormula some && statements.OfType<PropertiesFormula>().Any(properties =>
            properties.Others == ConstantFormula.False && properties.Patterns.Count == 0
            && properties.Named.All(one => !terms.IsMatch(some.Names, one.Name) || IsImpossible(formulas.All([Member(statements, one.Name), some.Value]), depth - 1))));
    }

    private static IEnumerable<JsonElement>? Listed(Formula formula, int depth = 0) => depth > 50 ? null : formula switch
    {
        ConstantFormula { IsTrue: false } => [],
        ValuesFormula values => values.Values,
        ReferenceFormula reference => Listed(reference.Target, depth + 1),
        AllFormula all => all.Parts.Select(part => Listed(part, depth + 1)).FirstOrDefault(listed => listed is not null),
        AnyFormula any => Union(any.Parts, depth),
        OneOfFormula one => Union(one.Branches, depth),
        _ => null,
    };

    private static IEnumerable<JsonElement>? Union(IReadOnlyList<Formula> parts, int depth)
    {
        IEnumerable<JsonElement>?[] all = [.. parts.Select(part => Listed(part, depth + 1))];
        return all.Contains(null) ? null : all.SelectMany(listed => listed!);
    }

    private List<Formula[]> Split(Formula formula, bool denied, JsonKinds kind)
    {
        cancellation.ThrowIfCancellationRequested();
        if (++_nesting > 400)
            throw new Core.PipelineException("The schema combines schemas more than 400 deep without a value in between; make it flatter.");
        try
        {
            return Take(formula, denied, kind);
        }
        finally
        {
            _nesting--;
        }
    }

    private List<Formula[]> Take(Formula formula, bool denied, JsonKinds kind)
    {
        switch (formula)
        {
            case ConstantFormula constant:
                return Plain(constant.IsTrue != denied);
            case KindFormula kinds:
                return Plain(((kinds.Kinds & kind) != JsonKinds.None) != denied);
            case ReferenceFormula reference:
                return Split(reference.Target, denied, kind);
            case NotFormula not:
                return Split(not.Part, !denied, kind);
            case AllFormula all:
                return denied ? Union(all.Parts, true, kind) : Product(all.Parts, false, kind);
            case AnyFormula any:
                return denied ? Product(any.Parts, true, kind) : Union(any.Parts, false, kind);
            case OneOfFormula one:
                return Split(OneOf(one, denied, kind), false, kind);
            case ValuesFormula values:
                JsonElement[] own = [.. values.Values.Where(value => JsonValues.KindOf(value) == kind)];
                if (own.Length == 0)
                    return Plain(denied);
                if (kind != JsonKinds.String)
                    return Split(formulas.Any(own.Select(value => Structure(value, values.Source))), denied, kind);
                return denied
                    ? [[formulas.New(new PatternFormula(terms, terms.Not(terms.Leaf(WordsState.Of(own.Select(value => value.GetString()!))))))]]
                    : [[own.Length == values.Values.Count ? values : formulas.New(new ValuesFormula(own) { Source = values.Source })]];
        }
        if ((formula.Subject & kind) == JsonKinds.None)
            return Plain(!denied);
        if (!denied)
            return formula is UniqueFormula ? Unknown(formula, "items are not compared with one another while they are written") : [[formula]];
        return Denied(formula, kind);
    }

    private List<Formula[]> Denied(Formula formula, JsonKinds kind)
    {
        switch (formula)
        {
            case PatternFormula pattern:
                return [[formulas.New(new PatternFormula(terms, terms.Not(pattern.Term)) { Source = pattern.Source })]];
            case LengthFormula length:
                return Outside(length.Min, length.Max, (min, max) => new LengthFormula(min, max));
            case ItemCountFormula count:
                return Outside(count.Min, count.Max, (min, max) => new ItemCountFormula(min, max));
            case MemberCountFormula count:
                return Outside(count.Min, count.Max, (min, max) => new MemberCountFormula(min, max) { Source = count.Source });
            case ContainsFormula contains:
                return Outside(contains.Min, contains.Max, (min, max) => new ContainsFormula(contains.Item, min, max) { Source = contains.Source });
            case RequiredFormula required:
                return [[formulas.New(new RequiredFormula(required.Name, !required.IsForbidden) { Source = required.Source })]];
            case NeedsFormula needs:
                return [.. needs.Names.Select(name => (Formula[])[formulas.New(new RequiredFormula(needs.Trigger)), formulas.New(new RequiredFormula(name, isForbidden: true))])];
            case NamesFormula names:
                return [[formulas.New(new SomeMemberFormula(terms, terms.Not(StringsOf(names.Name)), ConstantFormula.True) { Source = names.Source })]];
            case SomeMemberFormula some:
                return [[formulas.New(new PropertiesFormula(terms, [], [(some.Names, formulas.Not(some.Value))], ConstantFormula.True) { Source = some.Source })]];
            case PropertiesFormula properties:
                var broken = new List<Formula[]>();
                foreach ((string name, Formula value) in properties.Named)
                {
                    Formula not = formulas.Not(value);
                    if (not != ConstantFormula.False)
                        broken.Add([formulas.New(new RequiredFormula(name)), formulas.New(new PropertiesFormula(terms, [(name, not)], [], ConstantFormula.True) { Source = properties.Source })]);
                }
                Term rest = properties.Named.Count == 0 ? Terms.Anything : terms.Not(terms.Leaf(WordsState.Of(properties.Named.Select(one => one.Name))));
                foreach ((Term described, Formula value) in properties.Patterns)
                {
                    Formula not = formulas.Not(value);
                    if (not != ConstantFormula.False)
                        broken.Add([formulas.New(new SomeMemberFormula(terms, described, not) { Source = properties.Source })]);
                    rest = terms.Both(rest, terms.Not(described));
                }
                if (properties.Others == ConstantFormula.False && rest == Terms.Anything)
                    broken.Add([formulas.New(new MemberCountFormula(1, int.MaxValue) { Source = properties.Source })]);
                else if (properties.Others != ConstantFormula.True)
                    broken.Add([formulas.New(new SomeMemberFormula(terms, rest, formulas.Not(properties.Others)) { Source = properties.Source })]);
                return broken;
            case ItemsFormula items:
                var wrong = new List<Formula[]>();
                for (int i = 0; i < items.First.Count; i++)
                {
                    Formula not = formulas.Not(items.First[i]);
                    if (not != ConstantFormula.False)
                        wrong.Add([formulas.New(new ItemCountFormula(i + 1, int.MaxValue)), formulas.New(new ItemsFormula([.. Enumerable.Repeat(ConstantFormula.True, i), not], ConstantFormula.True))]);
                }
                if (items.Rest != ConstantFormula.True)
                {
                    if (items.First.Count == 0)
                        wrong.Add([formulas.New(new ContainsFormula(formulas.Not(items.Rest), 1, int.MaxValue) { Source = items.Source })]);
                    else if (items.Rest == ConstantFormula.False)
                        wrong.Add([formulas.New(new ItemCountFormula(items.First.Count + 1, int.MaxValue))]);
                    else
                        return Unknown(formula, "a list with first items is denied");
                }
                return wrong;
            default:
                return Unknown(formula, "its denial is not enforced");
        }

        List<Formula[]> Outside(int min, int max, Func<int, int, Formula> make)
        {
            var all = new List<Formula[]>();
            if (min > 0)
                all.Add([formulas.New(make(0, min - 1))]);
            if (max < int.MaxValue)
                all.Add([formulas.New(make(max + 1, int.MaxValue))]);
            return all;
        }
    }

    /// <summary>Exactly one of several as a combination of them: those that cannot hold together anyway need no word about each other.</summary>
    private Formula OneOf(OneOfFormula one, bool denied, JsonKinds kind)
    {
        if (denied)
        {
            var two = new List<Formula> { formulas.All(one.Branches.Select(branch => formulas.Not(branch))) };
            for (int i = 0; i < one.Branches.Count; i++)
            {
                for (int j = 0; j < i; j++)
                    two.Add(formulas.All([one.Branches[i], one.Branches[j]]));
            }
            return formulas.Any(two);
        }
        Formula[] here = [.. one.Branches.Where(branch => (KindsOf(branch) & kind) != JsonKinds.None)];
        if (here.Length < 2)
            return here.FirstOrDefault(ConstantFormula.False);
        if (here.Length > MostBranches)
        {
            one.Source?.Check($"more than {MostBranches} alternatives are not compared with one another");
            return formulas.Any(here);
        }
        Formula ofKind = formulas.New(new KindFormula(kind));
        var alternatives = new List<Formula>();
        for (int i = 0; i < here.Length; i++)
        {
            var parts = new List<Formula> { here[i] };
            for (int j = 0; j < here.Length; j++)
            {
                if (j != i && !AreApart(formulas.All([here[i], ofKind]), here[j]))
                    parts.Add(formulas.Not(here[j], one.Source));
            }
            alternatives.Add(formulas.All(parts));
        }
        return formulas.Any(alternatives, one.Source);
    }

    private List<Formula[]> Union(Formula[] parts, bool denied, JsonKinds kind)
    {
        var all = new List<Formula[]>();
        foreach (Formula part in parts)
        {
            List<Formula[]> more = Split(part, denied, kind);
            if (more.Exists(statements => statements.Length == 0))
                return Plain(true);
            all.AddRange(more);
        }
        return all;
    }

    private List<Formula[]> Product(Formula[] parts, bool denied, JsonKinds kind)
    {
        List<Formula[]> all = Plain(true);
        foreach (Formula part in parts)
        {
            List<Formula[]> factors = Split(part, denied, kind);
            if ((long)all.Count * factors.Count > MostVariants && factors.Count > 1)
            {
                Mark(part);
                continue;
            }
            var product = new List<Formula[]>(all.Count * factors.Count);
            foreach (Formula[] left in all)
            {
                foreach (Formula[] right in factors)
                {
                    Formula[] both = [.. left.Union(right)];
                    if (!Contradicts(both))
                        product.Add(both);
                }
            }
            all = product;
            if (all.Count == 0)
                return all;
        }
        return all;
    }

    private static bool Contradicts(Formula[] statements)
    {
        foreach (Formula statement in statements)
        {
            if (statement is RequiredFormula { IsForbidden: true } forbidden && Array.Exists(statements, other => other is RequiredFormula { IsForbidden: false } required && required.Name == forbidden.Name))
                return true;
        }
        return false;
    }

    private static void Mark(Formula part)
    {
        const string TooMany = "together with its siblings it has too many cases";
        switch (part)
        {
            case { Source: { } source }:
                source.Check(TooMany);
                break;
            case ReferenceFormula reference:
                Mark(reference.Target);
                break;
            case NotFormula not:
                Mark(not.Part);
                break;
            case AllFormula all:
                foreach (Formula inner in all.Parts)
                    Mark(inner);
                break;
            case AnyFormula any:
                foreach (Formula inner in any.Parts)
                    Mark(inner);
                break;
        }
    }

    private static List<Formula[]> Unknown(Formula formula, string why)
    {
        formula.Source?.Check(why);
        return Plain(true);
    }

    private static List<Formula[]> Plain(bool holds) => holds ? [[]] : [];
}
