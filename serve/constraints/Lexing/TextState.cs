using MhcPipeline.Constraints.Patterns;

namespace MhcPipeline.Constraints.Lexing;

/// <summary>A term, and how far the code point that is being read has come: a pattern over code points as an automaton over their bytes or escapes.</summary>
internal sealed class TextState : LexState
{
    private readonly TextLexer _lexer;
    private readonly Term _term;
    private readonly bool _start;
    private readonly Reading _reading;
    private readonly int _value;
    private readonly bool _settled;
    private (int, int)? _remaining;

    private TextState(TextLexer lexer, Place place)
    {
        _lexer = lexer;
        (_term, _start, _reading, _value, _settled) = place;
    }

    /// <summary>What the next byte belongs to.</summary>
    internal enum Reading : byte
    {
        /// <summary>An opening quote.</summary>
        Open,

        /// <summary>A new code point, or the closing quote.</summary>
        Ground,

        /// <summary>After the closing quote.</summary>
        Closed,

        /// <summary>The last byte of a UTF-8 sequence; the value holds the bits so far.</summary>
        Last1,

        /// <summary>The second-last byte of one.</summary>
        Last2,

        /// <summary>The third-last byte of one.</summary>
        Last3,

        /// <summary>The character after a backslash.</summary>
        Escape,

        /// <summary>Hexadecimal digits; the value holds 4 bits for how many there were, then those.</summary>
        Hex,

        /// <summary>A backslash after a high surrogate, which is the value.</summary>
        HighSurrogate,

        /// <summary>The u of a low surrogate.</summary>
        LowEscape,

        /// <summary>The digits of a low surrogate; the value holds the high one, 4 bits for how many there were, then those.</summary>
        LowHex,
    }

    /// <summary>What makes a state.</summary>
    /// <param name="Term">The term before the code point that is being read, or after it where that is settled.</param>
    /// <param name="Start">Whether nothing has been read yet.</param>
    /// <param name="Reading">What the next byte belongs to.</param>
    /// <param name="Value">What of the code point was read.</param>
    /// <param name="IsSettled">Whether the same term follows, whichever code point it becomes: then its value does not matter, and one state stands for thousands.</param>
    internal readonly record struct Place(Term Term, bool Start, Reading Reading, int Value, bool IsSettled = false);

    public override bool Accepts => _lexer.Spelling == TextSpelling.Plain ? _reading == Reading.Ground && _term.Matches(_start, end: true) : _reading == Reading.Closed;

    public override bool IsFinal => _reading == Reading.Closed;

    public override bool CompletesCodePoint => _reading == Reading.Ground;

    public override (int Shortest, int Longest) Remaining => _remaining ??= Measured();

    /// <summary>Whether this is the inside of a string of which nothing is asked, at a new code point.</summary>
    public bool IsFreeText => _reading == Reading.Ground && _term == Terms.Anything && !_start;

    /// <summary>Whether nearly every text leads to where nothing is asked any more, as for keys that must only not be some others.</summary>
    public bool IsNearlyFree => _reading == Reading.Ground && _lexer.Spelling == TextSpelling.Json && !IsFreeText && Next(0x7F) is TextState { IsFreeText: true };

    internal static TextState Make(TextLexer lexer, Place place) => new(lexer, place);

    protected override LexState? Step(byte b)
    {
        switch (_reading)
        {
            case Reading.Open:
                return b == '"' ? _lexer.State(new Place(_term, _start, Reading.Ground, 0)) : null;
            case Reading.Ground:
                if (_lexer.Spelling == TextSpelling.Json)
                {
                    if (b == '"')
                        return _term.Matches(_start, end: true) ? _lexer.State(new Place(Terms.Empty, false, Reading.Closed, 0)) : null;
                    if (b == '\\')
                        return To(Reading.Escape, 0);
                    if (b < 0x20)
                        return null;
                }
                if (b >= 0x80 && _lexer.Terms.Edges(_term, _start) is var edges && edges.Firsts[^1] <= 0x80 && edges.Targets[^1] == Terms.Nothing)
                    return null;
                return b switch
                {
                    < 0x80 => Read(b),
                    >= 0xC2 and < 0xE0 => To(Reading.Last1, b & 0x1F),
                    >= 0xE0 and < 0xF0 => To(Reading.Last2, b & 0x0F),
                    >= 0xF0 and < 0xF5 => To(Reading.Last3, b & 0x07),
                    _ => null,
                };
            case Reading.Last1 or Reading.Last2 or Reading.Last3:
                if ((b & 0xC0) != 0x80)
                    return null;
                int value = (_value << 6) | (b & 0x3F);
                if (_reading == Reading.Last1)
                    return Read(value);
                if (_reading == Reading.Last2)
                    return value is < 0x20 or (>= 0x360 and < 0x380) ? null : To(Reading.Last1, value); // overlong, or a surrogate
                return value is < 0x10 or >= 0x110 ? null : To(Reading.Last2, value); // overlong, or beyond the last code point
            case Reading.Escape:
                return b switch
                {
                    (byte)'"' or (byte)'\\' or (byte)'/' => Read(b),
                    (byte)'b' => Read('\b'),
                    (byte)'f' => Read('\f'),
                    (byte)'n' => Read('\n'),
                    (byte)'r' => Read('\r'),
                    (byte)'t' => Read('\t'),
                    (byte)'u' => To(Reading.Hex, 0),
                    _ => null,
                };
            case Reading.Hex:
                if (Digit(b) is not { } digit)
                    return null;
                int count = (_value >> 16) + 1, hex = ((_value & 0xFFFF) << 4) | digit;
                if (count < 4)
                    return count == 2 && hex is >= 0xDC and < 0xE0 ? null : To(Reading.Hex, (count << 16) | hex); // a low surrogate
                return hex switch
                {
                    >= 0xD800 and < 0xDC00 => To(Reading.HighSurrogate, hex),
                    >= 0xDC00 and < 0xE000 => null,
                    _ => Read(hex),
                };
            case Reading.HighSurrogate:
                return b == '\\' ? To(Reading.LowEscape, _value) : null;
            case Reading.LowEscape:
                return b == 'u' ? To(Reading.LowHex, _value << 15) : null;
            case Reading.LowHex:
                if (Digit(b) is not { } low)
                    return null;
                int high = _value >> 15, read = ((_value >> 12) & 7) + 1, bits = ((_value & 0xFFF) << 4) | low;
                if ((read == 1 && bits != 0xD) || (read == 2 && bits < 0xDC))
                    return null;
                if (read < 4)
                    return To(Reading.LowHex, (high << 15) | (read << 12) | (bits & 0xFFF));
                return Read(0x10000 + ((high - 0xD800) << 10) + (bits - 0xDC00));
            default:
                return null;
        }
    }

    private static int? Digit(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => null,
    };

    private TextState? Read(int codePoint)
    {
        Term after = _settled ? _term : _lexer.Terms.Edges(_term, _start).After(codePoint);
        return _settled || _lexer.Terms.IsLive(after) ? _lexer.State(new Place(after, false, Reading.Ground, 0)) : null;
    }

    /// <summary>A code point goes on, if one that begins so can be read.</summary>
    private TextState? To(Reading reading, int value)
    {
        if (_settled)
            return _lexer.State(new Place(_term, false, reading, Alike(reading, value), IsSettled: true));
        TextState next = Make(_lexer, new Place(_term, _start, reading, value));
        Term? only = null;
        foreach (Term target in next.Targets())
        {
            if (only is not null && target != only)
                return next.Targets().Any(live => _lexer.Terms.IsLive(live)) ? _lexer.State(new Place(_term, _start, reading, value)) : null;
            only = target;
        }
        return only is not null && _lexer.Terms.IsLive(only) ? _lexer.State(new Place(only, false, reading, Alike(reading, value), IsSettled: true)) : null;
    }

    /// <summary>A value that says the same of the bytes that may follow, one for as many as possible.</summary>
    private static int Alike(Reading reading, int value)
    {
        const int High = 0xD800;
        switch (reading)
        {
            case Reading.Last1:
                return 0;
            case Reading.Last2: // after E0 and ED not every byte may follow
                return value is 0 or 0xD ? value : 1;
            case Reading.Last3: // after F0 and F4 neither
                return value is 0 or 4 ? value : 1;
            case Reading.Hex:
                int count = value >> 16;
                bool isHigh = count switch { 1 => (value & 0xF) == 0xD, 2 => (value & 0xFF) is >= 0xD8 and < 0xDC, 3 => (value & 0xFFF) is >= 0xD80 and < 0xDC0, _ => false };
                return (count << 16) | (isHigh ? High >> (4 * (4 - count)) : 0);
            case Reading.HighSurrogate or Reading.LowEscape:
                return High;
            case Reading.LowHex:
                int read = (value >> 12) & 7;
                return (High << 15) | (read << 12) | (read < 2 ? value & 0xFFF : 0xDC00 >> (4 * (4 - read)));
            default:
                return value;
        }
    }

    /// <summary>The terms after the code points that the one in the making may become.</summary>
    private IEnumerable<Term> Targets()
    {
        TermEdges edges = _lexer.Terms.Edges(_term, _start);
        foreach ((int first, int last) in CodePoints())
        {
            for (int i = edges.IndexOf(first); i < edges.Firsts.Length && edges.Firsts[i] <= last; i++)
                yield return edges.Targets[i];
        }
    }

    /// <summary>The code points that the one in the making may become.</summary>
    private IEnumerable<(int First, int Last)> CodePoints()
    {
        switch (_reading)
        {
            case Reading.Last1:
                yield return (_value << 6, (_value << 6) | 0x3F);
                break;
            case Reading.Last2:
                yield return (Math.Max(_value << 12, 0x800), (_value << 12) | 0xFFF);
                break;
            case Reading.Last3:
                yield return (Math.Max(_value << 18, 0x10000), Math.Min((_value << 18) | 0x3FFFF, Patterns.CodePoints.Last));
                break;
            case Reading.Escape:
                yield return (0, Patterns.CodePoints.Last);
                break;
            case Reading.Hex:
                int open = 4 * (4 - (_value >> 16)), from = (_value & 0xFFFF) << open, to = from | ((1 << open) - 1);
                if (from < 0xD800)
                    yield return (from, Math.Min(to, 0xD7FF));
                if (to > 0xDFFF)
                    yield return (Math.Max(from, 0xE000), to);
                int high = Math.Max(from, 0xD800), highest = Math.Min(to, 0xDBFF);
                if (high <= highest)
                    yield return (0x10000 + ((high - 0xD800) << 10), 0x10000 + ((highest - 0xD800) << 10) + 0x3FF);
                break;
            case Reading.HighSurrogate or Reading.LowEscape:
                yield return (0x10000 + ((_value - 0xD800) << 10), 0x10000 + ((_value - 0xD800) << 10) + 0x3FF);
                break;
            case Reading.LowHex:
                int free = 4 * (4 - ((_value >> 12) & 7)), low = Math.Max((_value & 0xFFF) << free, 0xDC00), lowest = Math.Min(((_value & 0xFFF) << free) | ((1 << free) - 1), 0xDFFF);
                if (low <= lowest)
                    yield return (0x10000 + (((_value >> 15) - 0xD800) << 10) + low - 0xDC00, 0x10000 + (((_value >> 15) - 0xD800) << 10) + lowest - 0xDC00);
                break;
        }
    }

    private (int Shortest, int Longest) Measured()
    {
        if (_reading == Reading.Closed)
            return (0, int.MaxValue);
        bool between = _reading is Reading.Ground or Reading.Open;
        if (_term == Terms.Anything)
            return (between ? 0 : 1, int.MaxValue);
        if (between)
            return _lexer.Distances(_term, _start);
        (int shortest, int longest) = (int.MaxValue - 1, 0);
        foreach (Term target in _settled ? [_term] : Targets().Where(target => _lexer.Terms.IsLive(target)))
        {
            (int least, int most) = _lexer.Distances(target, false);
            shortest = Math.Min(shortest, least);
            longest = Math.Max(longest, most);
        }
        return (shortest + 1, longest == int.MaxValue ? longest : longest + 1);
    }
}
