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
    private (int, int)? _remaining;

    private TextState(TextLexer lexer, Term term, bool start, Reading reading, int value)
    {
        _lexer = lexer;
        _term = term;
        _start = start;
        _reading = reading;
        _value = value;
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

    public override bool Accepts => _lexer.Spelling == TextSpelling.Plain ? _reading == Reading.Ground && _term.Matches(_start, end: true) : _reading == Reading.Closed;

    public override bool IsFinal => _reading == Reading.Closed;

    public override bool CompletesCodePoint => _reading == Reading.Ground;

    public override (int Shortest, int Longest) Remaining => _remaining ??= _reading is Reading.Ground or Reading.Open && _term != Terms.Anything ? _lexer.Distances(_term, _start) : (0, int.MaxValue);

    /// <summary>Whether this is the inside of a string of which nothing is asked, at a new code point.</summary>
    public bool IsFreeText => _reading == Reading.Ground && _term == Terms.Anything && !_start;

    internal static TextState Make(TextLexer lexer, (Term Term, bool Start, Reading Reading, int Value) key) => new(lexer, key.Term, key.Start, key.Reading, key.Value);

    protected override LexState? Step(byte b)
    {
        switch (_reading)
        {
            case Reading.Open:
                return b == '"' ? _lexer.State(_term, _start, Reading.Ground, 0) : null;
            case Reading.Ground:
                if (_lexer.Spelling == TextSpelling.Json)
                {
                    if (b == '"')
                        return _term.Matches(_start, end: true) ? _lexer.State(Terms.Empty, false, Reading.Closed, 0) : null;
                    if (b == '\\')
                        return To(Reading.Escape, 0);
                    if (b < 0x20)
                        return null;
                }
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
                    return To(Reading.Hex, (count << 16) | hex);
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
                if (read < 4)
                    return To(Reading.LowHex, (high << 15) | (read << 12) | (bits & 0xFFF));
                return bits is >= 0xDC00 and < 0xE000 ? Read(0x10000 + ((high - 0xD800) << 10) + (bits - 0xDC00)) : null;
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
        TermEdges edges = _lexer.Terms.Edges(_term, _start);
        Term after = edges.After(codePoint);
        return _lexer.Terms.IsLive(after) ? _lexer.State(after, false, Reading.Ground, 0) : null;
    }

    /// <summary>A code point goes on, if one that begins so can be read.</summary>
    private TextState? To(Reading reading, int value)
    {
        bool possible = reading switch
        {
            Reading.Last1 => AnyLive(value << 6, 0x3F),
            Reading.Last2 => AnyLive(Math.Max(value << 12, 0x800), (value << 12 | 0xFFF) - Math.Max(value << 12, 0x800)),
            Reading.Last3 => AnyLive(Math.Max(value << 18, 0x10000), Math.Min(value << 18 | 0x3FFFF, CodePoints.Last) - Math.Max(value << 18, 0x10000)),
            Reading.Escape => AnyLive(0, CodePoints.Last),
            Reading.Hex => HexLive(value >> 16, value & 0xFFFF),
            Reading.HighSurrogate or Reading.LowEscape => AnyLive(0x10000 + ((value - 0xD800) << 10), 0x3FF),
            Reading.LowHex => LowLive(value >> 15, (value >> 12) & 7, value & 0xFFF),
            _ => true,
        };
        return possible ? _lexer.State(_term, _start, reading, value) : null;
    }

    private bool HexLive(int count, int hex)
    {
        int first = hex << (4 * (4 - count)), last = first | ((1 << (4 * (4 - count))) - 1);
        if (first < 0xD800 && AnyLive(first, Math.Min(last, 0xD7FF) - first))
            return true;
        if (last > 0xDFFF && AnyLive(Math.Max(first, 0xE000), last - Math.Max(first, 0xE000)))
            return true;
        int high = Math.Max(first, 0xD800), highest = Math.Min(last, 0xDBFF);
        return high <= highest && AnyLive(0x10000 + ((high - 0xD800) << 10), ((highest - high + 1) << 10) - 1);
    }

    private bool LowLive(int high, int count, int bits)
    {
        int first = Math.Max(bits << (4 * (4 - count)), 0xDC00), last = Math.Min((bits << (4 * (4 - count))) | ((1 << (4 * (4 - count))) - 1), 0xDFFF);
        return first <= last && AnyLive(0x10000 + ((high - 0xD800) << 10) + first - 0xDC00, last - first);
    }

    private bool AnyLive(int first, int more)
    {
        if (_term == Terms.Anything)
            return true;
        TermEdges edges = _lexer.Terms.Edges(_term, _start);
        for (int i = edges.IndexOf(first); i < edges.Firsts.Length && edges.Firsts[i] <= first + more; i++)
        {
            if (_lexer.Terms.IsLive(edges.Targets[i]))
                return true;
        }
        return false;
    }
}
