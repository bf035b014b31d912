using System.Globalization;
using MhcPipeline.Core;

namespace MhcPipeline.Constraints.Patterns;

/// <summary>
/// Reads regular expressions as ECMA-262 spells them, by code points. Look-ahead is read where it is a part of the whole pattern or of one of its alternatives;
/// look-behind, word boundaries and back-references are refused, as no automaton of practical size has them.
/// </summary>
internal sealed class PatternParser
{
    private const int LongestPattern = 16_384, DeepestGroup = 100, LargestCount = 1_000_000;

    private readonly Terms _terms;
    private readonly string _source;
    private readonly int[] _text;
    private int _at;
    private int _depth;

    private PatternParser(Terms terms, string source)
    {
        _terms = terms;
        _source = source;
        if (source.Length > LongestPattern)
            throw new PipelineException($"A pattern of {source.Length} characters is longer than {LongestPattern}; use a simpler one.");
        _text = [.. source.EnumerateRunes().Select(rune => rune.Value)];
    }

    private bool AtEnd => _at >= _text.Length;

    /// <summary>The texts that a pattern matches as a whole.</summary>
    /// <exception cref="PipelineException">The pattern is malformed or uses what is not supported.</exception>
    public static Term Whole(Terms terms, string pattern) => new PatternParser(terms, pattern).Parse(Terms.Empty);

    /// <summary>The texts in which a pattern matches anywhere, as in JSON Schema.</summary>
    /// <exception cref="PipelineException">The pattern is malformed or uses what is not supported.</exception>
    public static Term Anywhere(Terms terms, string pattern) => terms.Sequence(Terms.Anything, new PatternParser(terms, pattern).Parse(Terms.Anything));

    private Term Parse(Term tail)
    {
        Term all = Alternatives(tail);
        return AtEnd ? all : throw Wrong("has a ) too many");
    }

    /// <summary>Alternatives up to a closing parenthesis or the end.</summary>
    /// <param name="tail">What the text goes on with after the whole pattern; null inside a group, where look-ahead cannot see it.</param>
    private Term Alternatives(Term? tail)
    {
        var alternatives = new List<Term>();
        do
        {
            alternatives.Add(Sequence(tail));
        }
        while (Take('|'));
        return _terms.Either(alternatives);
    }

    private Term Sequence(Term? tail)
    {
        var parts = new List<(Term Term, char Look)>();
        while (!AtEnd && _text[_at] is not ('|' or ')'))
            parts.Add(Part(tail is not null));
        Term all = tail ?? Terms.Empty;
        for (int i = parts.Count - 1; i >= 0; i--)
        {
            (Term term, char look) = parts[i];
            Term ahead = look == 0 ? term : _terms.Sequence(term, Terms.Anything);
            all = look switch
            {
                '=' => _terms.Both(ahead, all),
                '!' => _terms.Both(_terms.Not(ahead), all),
                _ => _terms.Sequence(term, all),
            };
        }
        return all;
    }

    private (Term Term, char Look) Part(bool canLook)
    {
        int begin = _at;
        if (Take('^'))
            return (_terms.Start, '\0');
        if (Take('$'))
            return (_terms.End, '\0');
        if (Starts("(?=") || Starts("(?!"))
        {
            char look = (char)_text[_at + 2];
            if (!canLook)
                throw Wrong("has look-ahead inside a group, which is not supported");
            _at += 3;
            return (Group(), look);
        }
        Term atom = Atom();
        while (!AtEnd)
        {
            if (Take('*'))
                atom = Repeated(atom, 0, -1);
            else if (Take('+'))
                atom = Repeated(atom, 1, -1);
            else if (Take('?'))
                atom = Repeated(atom, 0, 1);
            else if (_text[_at] == '{' && Count() is { } count)
                atom = Repeated(atom, count.Min, count.Max);
            else
                break;
            if (_at - begin > LongestPattern)
                break;
        }
        return (atom, '\0');
    }

    private Term Repeated(Term atom, int min, int max)
    {
        Take('?'); // lazy or not, the same texts match
        return _terms.Loop(atom, min, max);
    }

    /// <summary>A repetition in braces; null where the brace is a character.</summary>
    private (int Min, int Max)? Count()
    {
        int at = _at + 1;
        if (!Number(ref at, out int min))
            return null;
        int max = min;
        if (at < _text.Length && _text[at] == ',')
        {
            at++;
            if (!Number(ref at, out max))
                max = -1;
        }
        if (at >= _text.Length || _text[at] != '}')
            return null;
        if (max >= 0 && max < min)
            throw Wrong($"has {{{min},{max}}}, in which the first number is larger");
        _at = at + 1;
        return (min, max);
    }

    private bool Number(ref int at, out int value)
    {
        value = 0;
        int begin = at;
        for (; at < _text.Length && _text[at] is >= '0' and <= '9'; at++)
        {
            value = (value * 10) + _text[at] - '0';
            if (value > LargestCount)
                throw Wrong($"repeats more than {LargestCount} times");
        }
        return at > begin;
    }

    private Term Atom()
    {
        int c = _text[_at];
        switch (c)
        {
            case '(':
                _at++;
                if (Starts("?:"))
                    _at += 2;
                else if (Starts("?<") && !Starts("?<=") && !Starts("?<!"))
                    while (!AtEnd && _text[_at++] != '>') { }
                else if (Starts("?"))
                    throw Wrong("has look-behind or flags inside, which are not supported");
                return Group();
            case '[':
                _at++;
                return _terms.Set(Class());
            case '.':
                _at++;
                return _terms.Set(CodePoints.Dot);
            case '*' or '+' or '?':
                throw Wrong("repeats nothing");
            case '\\':
                _at++;
                return _terms.Set(Escape(inClass: false));
            default:
                _at++;
                return _terms.Set(CodePoints.Single(c));
        }
    }

    private Term Group()
    {
        if (++_depth > DeepestGroup)
            throw Wrong($"has more than {DeepestGroup} groups in one another");
        Term inner = Alternatives(null);
        if (!Take(')'))
            throw Wrong("lacks a )");
        _depth--;
        return inner;
    }

    private CodePoints Class()
    {
        bool negated = Take('^');
        CodePoints all = CodePoints.None;
        var bounds = new List<int>();
        while (true)
        {
            if (AtEnd)
                throw Wrong("lacks a ]");
            if (Take(']'))
                break;
            CodePoints first = ClassAtom();
            if (first.Bounds.Length == 2 && first.Bounds[0] == first.Bounds[1] && _at + 1 < _text.Length && _text[_at] == '-' && _text[_at + 1] != ']')
            {
                _at++;
                CodePoints last = ClassAtom();
                if (last.Bounds.Length == 2 && last.Bounds[0] == last.Bounds[1])
                {
                    if (last.Bounds[0] < first.Bounds[0])
                        throw Wrong("has a range in [] that runs backwards");
                    bounds.AddRange([first.Bounds[0], last.Bounds[0]]);
                    continue;
                }
                bounds.AddRange(['-', '-']);
                bounds.AddRange(last.Bounds);
            }
            bounds.AddRange(first.Bounds);
        }
        all = CodePoints.Of([.. bounds]);
        return negated ? all.Complement() : all;
    }

    private CodePoints ClassAtom() => AtEnd ? throw Wrong("lacks a ]") : Take('\\') ? Escape(inClass: true) : CodePoints.Single(_text[_at++]);

    private CodePoints Escape(bool inClass)
    {
        if (AtEnd)
            throw Wrong("ends in a backslash");
        int c = _text[_at++];
        switch (c)
        {
            case 'd': return CodePoints.Digits;
            case 'D': return CodePoints.Digits.Complement();
            case 'w': return CodePoints.Word;
            case 'W': return CodePoints.Word.Complement();
            case 's': return CodePoints.Space;
            case 'S': return CodePoints.Space.Complement();
            case 't': return CodePoints.Single('\t');
            case 'n': return CodePoints.Single('\n');
            case 'r': return CodePoints.Single('\r');
            case 'f': return CodePoints.Single('\f');
            case 'v': return CodePoints.Single('\v');
            case '0': return CodePoints.Single(0);
            case 'b' when inClass: return CodePoints.Single('\b');
            case 'b' or 'B' when !inClass: throw Wrong("has a word boundary (\\b or \\B), which is not supported");
            case >= '1' and <= '9' when !inClass: throw Wrong("has a back-reference, which is not supported");
            case 'k' when Starts("<"): throw Wrong("has a back-reference, which is not supported");
            case 'A' when !inClass: throw Wrong("has \\A; write ^");
            case 'Z' or 'z' when !inClass: throw Wrong("has \\Z or \\z; write $");
            case 'c' when !AtEnd && _text[_at] < 128 && char.IsAsciiLetter((char)_text[_at]): return CodePoints.Single(_text[_at++] % 32);
            case 'x': return CodePoints.Single(Hex(2) ?? 'x');
            case 'u': return CodePoints.Single(Unicode());
            case 'p' or 'P' when Take('{'):
                int begin = _at;
                while (!AtEnd && _text[_at] != '}')
                    _at++;
                string name = string.Concat(_text[begin.._at].Select(char.ConvertFromUtf32));
                if (!Take('}'))
                    throw Wrong("lacks a }");
                name = name[(name.IndexOf('=', StringComparison.Ordinal) + 1)..];
                CodePoints set = CodePoints.Category(name switch { "Letter" => "L", "Number" => "N", "Punctuation" => "P", "Uppercase_Letter" => "Lu", "Lowercase_Letter" => "Ll", _ => name })
                    ?? throw Wrong($"has \\p{{{name}}}; only general categories such as \\p{{L}} or \\p{{Nd}} are supported");
                return c == 'P' ? set.Complement() : set;
            default: return CodePoints.Single(c);
        }
    }

    private int Unicode()
    {
        if (Take('{'))
        {
            int value = 0;
            while (!AtEnd && _text[_at] != '}')
                value = (value << 4) + (HexDigit(_text[_at++]) ?? throw Wrong("has a \\u{} without a number inside"));
            return Take('}') && value <= CodePoints.Last ? value : throw Wrong("has a \\u{} that is no code point");
        }
        int first = Hex(4) ?? 'u';
        if (first is >= 0xD800 and <= 0xDBFF && Starts("\\u"))
        {
            int back = _at;
            _at += 2;
            if (Hex(4) is int second and >= 0xDC00 and <= 0xDFFF)
                return char.ConvertToUtf32((char)first, (char)second);
            _at = back;
        }
        return first;
    }

    private int? Hex(int digits)
    {
        int value = 0;
        for (int i = 0; i < digits; i++)
        {
            if (_at + i >= _text.Length || HexDigit(_text[_at + i]) is not { } digit)
                return null;
            value = (value << 4) + digit;
        }
        _at += digits;
        return value;
    }

    private static int? HexDigit(int c) => c < 128 && char.IsAsciiHexDigit((char)c) ? Convert.ToInt32(((char)c).ToString(CultureInfo.InvariantCulture), 16) : null;

    private bool Take(char wanted)
    {
        if (AtEnd || _text[_at] != wanted)
            return false;
        _at++;
        return true;
    }

    private bool Starts(string wanted)
    {
        for (int i = 0; i < wanted.Length; i++)
        {
            if (_at + i >= _text.Length || _text[_at + i] != wanted[i])
                return false;
        }
        return true;
    }

    private PipelineException Wrong(string what) => new($"The pattern {(_source.Length > 200 ? _source[..200] + "…" : _source)} {what} (at character {_at}).");
}
