namespace MhcPipeline.Constraints.Schemas;

/// <summary>Combines formulas, each combination once, so that a recursive schema has finitely many.</summary>
internal sealed class Formulas
{
    private readonly Dictionary<string, Formula> _made = new(StringComparer.Ordinal);
    private int _count;

    public T New<T>(T formula)
        where T : Formula
    {
        formula.Id = _count++;
        return formula;
    }

    public Formula All(IEnumerable<Formula> parts, Occurrence? source = null)
    {
        var members = new SortedDictionary<int, Formula>();
        Flatten(parts);
        if (members.ContainsKey(ConstantFormula.False.Id))
            return ConstantFormula.False;
        if (members.Count < 2)
            return members.Values.FirstOrDefault(ConstantFormula.True);
        string key = "&" + string.Join(',', members.Keys);
        return _made.TryGetValue(key, out Formula? known) ? known : _made[key] = New(new AllFormula([.. members.Values]) { Source = source });

        void Flatten(IEnumerable<Formula> list)
        {
            foreach (Formula part in list)
            {
                if (part is AllFormula inner)
                    Flatten(inner.Parts);
                else if (part != ConstantFormula.True)
                    members[part.Id] = part;
            }
        }
    }

    public Formula Any(IEnumerable<Formula> parts, Occurrence? source = null)
    {
        var members = new SortedDictionary<int, Formula>();
        foreach (Formula part in parts)
        {
            if (part != ConstantFormula.False)
                members[part.Id] = part;
        }
        if (members.ContainsKey(ConstantFormula.True.Id))
            return ConstantFormula.True;
        if (members.Count < 2)
            return members.Values.FirstOrDefault(ConstantFormula.False);
        string key = "|" + string.Join(',', members.Keys);
        return _made.TryGetValue(key, out Formula? known) ? known : _made[key] = New(new AnyFormula([.. members.Values]) { Source = source });
    }

    public Formula Not(Formula part, Occurrence? source = null)
    {
        switch (part)
        {
            case ConstantFormula constant:
                return constant.IsTrue ? ConstantFormula.False : ConstantFormula.True;
            case NotFormula not:
                return not.Part;
            default:
                string key = "!" + part.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
                return _made.TryGetValue(key, out Formula? known) ? known : _made[key] = New(new NotFormula(part) { Source = source });
        }
    }
}
