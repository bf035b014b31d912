using System.Text;
using MhcPipeline.Constraints.Lexing;
using MhcPipeline.Constraints.Parsing;
using MhcPipeline.Constraints.Patterns;
using MhcPipeline.Core;

namespace MhcPipeline.Constraints.Grammars;

/// <summary>Reads a grammar: rules of texts, classes, patterns and other rules. A rule that begins with itself is refused: write the repetition with * instead.</summary>
internal sealed class GrammarParser
{
    private const int DeepestGroup = 100, MostRules = 10_000, LargestCount = 100_000;

    private readonly string _source;
    private readonly Terms _terms;
    private readonly TextLexer _lexer;
    private readonly Dictionary<string, Rule> _rules = new(StringComparer.Ordinal);
    private int _at;
    private int _depth;

    private GrammarParser(string source, Terms terms)
    {
        _source = source;
        _terms = terms;
        _lexer = new TextLexer(terms, TextSpelling.Plain);
    }

    /// <summary>The place where the whole text begins.</summary>
    /// <exception cref="PipelineException">The grammar is malformed, or a rule begins with itself.</exception>
    public static Node Parse(string source, Terms terms)
    {
        var parser = new GrammarParser(source, terms);
        parser.Rules();
        string root = parser._rules.ContainsKey("root") ? "root" : parser._rules.Values.OrderBy(rule => rule.Order).First().Name;
        foreach (Rule rule in parser._rules.Values)
        {
            if (rule.Body is null)
                throw new PipelineException($"The grammar uses a rule {rule.Name}, which it does not have.");
        }
        parser.RefuseEndless();
        return parser._rules[root].Node;
    }

    private void Rules()
    {
        Skip();
        while (_at < _source.Length)
        {
            string name = Name() ?? throw Wrong("a rule's name is missing");
            if (!Take("::=") && !Take(":=") && !Take("=") && !Take(":"))
                throw Wrong($"::= is missing after {name}");
            Rule rule = RuleOf(name);
            if (rule.Body is not null)
                throw Wrong($"the rule {name} is there twice");
            rule.Order = _rules.Count(one => one.Value.Body is not null);
            rule.Body = Alternatives();
            Take(";");
            rule.Node.Alternatives.Add(Build(rule.Body, EndNode.Instance));
        }
        if (_rules.Count == 0)
            throw new PipelineException("The grammar has no rule; write root ::= \"text\", for example.");
    }

    private Rule RuleOf(string name)
    {
        if (_rules.TryGetValue(name, out Rule? rule))
            return rule;
        if (_rules.Count >= MostRules)
            throw new PipelineException($"The grammar has more than {MostRules} rules.");
        return _rules[name] = new Rule(name);
    }

    private Part Alternatives()
    {
        if (++_depth > DeepestGroup)
            throw Wrong($"more than {DeepestGroup} groups are in one another");
        var alternatives = new List<Part> { Sequence() };
        while (Take("|"))
            alternatives.Add(Sequence());
        _depth--;
        return alternatives.Count == 1 ? alternatives[0] : new Part(PartKind.Choice, alternatives);
    }

    private Part Sequence()
    {
        var parts = new List<Part>();
        while (Single() is { } part)
        {
            Skip();
            for (bool more = true; more;)
            {
                more = true;
                if (Take("*"))
                    part = new Part(PartKind.Repeat, [part], Max: int.MaxValue);
                else if (Take("+"))
                    part = new Part(PartKind.Repeat, [part], Min: 1, Max: int.MaxValue);
                else if (Take("?"))
                    part = new Part(PartKind.Repeat, [part], Max: 1);
                else if (_at < _source.Length && _source[_at] == '{')
                    part = Counted(part);
                else
                    more = false;
            }
            parts.Add(part);
        }
        return parts.Count == 1 ? parts[0] : new Part(PartKind.Sequence, parts);
    }

    private Part Counted(Part part)
    {
        int end = _source.IndexOf('}', _at);
        string[] numbers = end < 0 ? [] : _source[(_at + 1)..end].Split(',');
        if (numbers.Length is < 1 or > 2 || !int.TryParse(numbers[0], System.Globalization.NumberStyles.AllowLeadingWhite | System.Globalization.NumberStyles.AllowTrailingWhite, System.Globalization.CultureInfo.InvariantCulture, out int min))
            throw Wrong("a repetition is {n}, {n,} or {n,m}");
        int max = numbers.Length == 1 ? min : string.IsNullOrWhiteSpace(numbers[1]) ? int.MaxValue : int.TryParse(numbers[1], System.Globalization.CultureInfo.InvariantCulture, out int read) ? read : throw Wrong("a repetition is {n}, {n,} or {n,m}");
        if (min > max || min > LargestCount || (max > LargestCount && max != int.MaxValue))
            throw Wrong($"a repetition goes from a smaller to a larger number, at most {LargestCount}");
        _at = end + 1;
        Skip();
        return new Part(PartKind.Repeat, [part], Min: min, Max: max);
    }

    private Part? Single()
    {
        Skip();
        if (_at >= _source.Length)
            return null;
        switch (_source[_at])
        {
            case '"' or '\'':
                string text = Quoted(_source[_at]);
                return text.Length == 0 ? new Part(PartKind.Sequence, []) : new Part(PartKind.Lexeme, [], Lexeme: _terms.Text(text));
            case '[':
                int end = _at + 1;
                while (end < _source.Length && _source[end] != ']')
                    end += _source[end] == '\\' ? 2 : 1;
                if (end >= _source.Length)
                    throw Wrong("a ] is missing");
                return Lexeme(PatternParser.Whole(_terms, Taken(_at, end + 1)));
            case '/':
                int slash = _at + 1;
                while (slash < _source.Length && _source[slash] != '/')
                    slash += _source[slash] == '\\' ? 2 : 1;
                if (slash >= _source.Length)
                    throw Wrong("a / is missing");
                string pattern = _source[(_at + 1)..slash];
                _at = slash + 1;
                return Lexeme(PatternParser.Whole(_terms, pattern));
            case '.':
                _at++;
                return new Part(PartKind.Lexeme, [], Lexeme: _terms.Set(CodePoints.Dot));
            case '(':
                _at++;
                Part group = Alternatives();
                Skip();
                return Take(")") ? group : throw Wrong("a ) is missing");
        }
        int before = _at;
        if (Name() is not { } name)
            return null;
        Skip();
        if (_source.AsSpan(_at).StartsWith("::=") || _source.AsSpan(_at).StartsWith(":=") || (_at < _source.Length && _source[_at] is '=' or ':'))
        {
            _at = before; // the next rule begins
            return null;
        }
        return new Part(PartKind.Rule, [], Rule: RuleOf(name));
    }

    private Part Lexeme(Term term)
    {
        if (!_terms.IsLive(term, term.HasStart))
            throw Wrong("a pattern matches nothing");
        return new Part(PartKind.Lexeme, [], Lexeme: term);
    }

    private Node Build(Part part, Node next)
    {
        switch (part.Kind)
        {
            case PartKind.Lexeme:
                var lexeme = new LexemeNode(_lexer.Start(part.Lexeme!), next);
                if (!part.Lexeme!.Matches(start: true, end: true))
                    return lexeme;
                var either = new ChoiceNode();
                either.Alternatives.AddRange([lexeme, next]);
                return either;
            case PartKind.Rule:
                return new CallNode(part.Rule!.Node, next);
            case PartKind.Sequence:
                for (int i = part.Parts.Count - 1; i >= 0; i--)
                    next = Build(part.Parts[i], next);
                return next;
            case PartKind.Choice:
                var choice = new ChoiceNode();
                choice.Alternatives.AddRange(part.Parts.Select(one => Build(one, next)));
                return choice;
            default:
                return new RepeatNode(Build(part.Parts[0], EndNode.Instance), part.Min, part.Max, next);
        }
    }

    /// <summary>Refuses rules that begin with themselves, and those of which every text would be endless.</summary>
    private void RefuseEndless()
    {
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (Rule rule in _rules.Values)
            {
                if (!rule.CanBeEmpty && CanBeEmpty(rule.Body!))
                    changed = rule.CanBeEmpty = true;
                if (!rule.Ends && Ends(rule.Body!))
                    changed = rule.Ends = true;
            }
        }
        foreach (Rule rule in _rules.Values)
        {
            if (!rule.Ends)
                throw new PipelineException($"Every text of the grammar's rule {rule.Name} would be endless; give it an alternative without itself.");
            HashSet<Rule> seen = [];
            Queue<Rule> ahead = new(Firsts(rule.Body!));
            while (ahead.TryDequeue(out Rule? first))
            {
                if (first == rule)
                    throw new PipelineException($"The grammar's rule {rule.Name} begins with itself; write the repetition as {rule.Name} ::= first (\"+\" more)* instead.");
                if (seen.Add(first))
                {
                    foreach (Rule next in Firsts(first.Body!))
                        ahead.Enqueue(next);
                }
            }
        }
    }

    private static bool CanBeEmpty(Part part) => part.Kind switch
    {
        PartKind.Lexeme => part.Lexeme!.Matches(start: true, end: true),
        PartKind.Rule => part.Rule!.CanBeEmpty,
        PartKind.Sequence => part.Parts.All(CanBeEmpty),
        PartKind.Choice => part.Parts.Any(CanBeEmpty),
        _ => part.Min == 0 || CanBeEmpty(part.Parts[0]),
    };

    private static bool Ends(Part part) => part.Kind switch
    {
        PartKind.Lexeme => true,
        PartKind.Rule => part.Rule!.Ends,
        PartKind.Sequence => part.Parts.All(Ends),
        PartKind.Choice => part.Parts.Any(Ends),
        _ => part.Min == 0 || Ends(part.Parts[0]),
    };

    private static IEnumerable<Rule> Firsts(Part part)
    {
        switch (part.Kind)
        {
            case PartKind.Rule:
                return [part.Rule!];
            case PartKind.Choice or PartKind.Repeat:
                return part.Parts.SelectMany(Firsts);
            case PartKind.Sequence:
                var firsts = new List<Rule>();
                foreach (Part one in part.Parts)
                {
                    firsts.AddRange(Firsts(one));
                    if (!CanBeEmpty(one))
                        break;
                }
                return firsts;
            default:
                return [];
        }
    }

    private string Quoted(char quote)
    {
        var text = new StringBuilder();
        _at++;
        while (true)
        {
            if (_at >= _source.Length)
                throw Wrong($"a {quote} is missing");
            char c = _source[_at++];
            if (c == quote)
                return text.ToString();
            if (c != '\\')
            {
                text.Append(c);
                continue;
            }
            if (_at >= _source.Length)
                throw Wrong("a text ends in a backslash");
            c = _source[_at++];
            switch (c)
            {
                case 'n': text.Append('\n'); break;
                case 'r': text.Append('\r'); break;
                case 't': text.Append('\t'); break;
                case 'u' when _at + 4 <= _source.Length && ushort.TryParse(_source.AsSpan(_at, 4), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out ushort unit):
                    text.Append((char)unit);
                    _at += 4;
                    break;
                default: text.Append(c); break;
            }
        }
    }

    private string Taken(int begin, int end)
    {
        _at = end;
        return _source[begin..end];
    }

    private string? Name()
    {
        Skip();
        int begin = _at;
        while (_at < _source.Length && (char.IsAsciiLetterOrDigit(_source[_at]) || _source[_at] is '_' or '-'))
            _at++;
        return _at > begin ? _source[begin.._at] : null;
    }

    private bool Take(string wanted)
    {
        Skip();
        if (!_source.AsSpan(_at).StartsWith(wanted, StringComparison.Ordinal))
            return false;
        _at += wanted.Length;
        return true;
    }

    private void Skip()
    {
        while (_at < _source.Length && (char.IsWhiteSpace(_source[_at]) || _source[_at] == '#'))
        {
            if (_source[_at] == '#')
            {
                int end = _source.IndexOf('\n', _at);
                _at = end < 0 ? _source.Length : end;
            }
            else
            {
                _at++;
            }
        }
    }

    private PipelineException Wrong(string what) => new($"The grammar is malformed in line {_source.AsSpan(0, Math.Min(_at, _source.Length)).Count('\n') + 1}: {what}.");

    private enum PartKind
    {
        Lexeme,
        Rule,
        Sequence,
        Choice,
        Repeat,
    }

    private sealed record Part(PartKind Kind, List<Part> Parts, Term? Lexeme = null, Rule? Rule = null, int Min = 0, int Max = 0);

    private sealed class Rule(string name)
    {
        public string Name => name;

        public ChoiceNode Node { get; } = new();

        public Part? Body { get; set; }

        public int Order { get; set; } = int.MaxValue;

        public bool CanBeEmpty { get; set; }

        public bool Ends { get; set; }
    }
}
