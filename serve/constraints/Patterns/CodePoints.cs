using System.Globalization;
using System.Text;

namespace MhcPipeline.Constraints.Patterns;

/// <summary>An immutable set of Unicode code points, as sorted ranges that neither touch nor overlap.</summary>
internal sealed class CodePoints : IEquatable<CodePoints>
{
    /// <summary>The largest code point.</summary>
    public const int Last = 0x10FFFF;

    private readonly int[] _bounds; // first, last of each range in turn

    private CodePoints(int[] bounds) => _bounds = bounds;

    public static CodePoints None { get; } = new([]);

    public static CodePoints All { get; } = new([0, Last]);

    public static CodePoints Digits { get; } = Range('0', '9');

    public static CodePoints Word { get; } = Of('0', '9', 'A', 'Z', '_', '_', 'a', 'z');

    /// <summary>White space and line terminators as ECMA-262 has them for \s.</summary>
    public static CodePoints Space { get; } = Of(9, 13, ' ', ' ', 0xA0, 0xA0, 0x1680, 0x1680, 0x2000, 0x200A, 0x2028, 0x2029, 0x202F, 0x202F, 0x205F, 0x205F, 0x3000, 0x3000, 0xFEFF, 0xFEFF);

    /// <summary>What a dot stands for: all but line terminators.</summary>
    public static CodePoints Dot { get; } = Of('\n', '\n', '\r', '\r', 0x2028, 0x2029).Complement();

    public bool IsEmpty => _bounds.Length == 0;

    /// <summary>First and last of each range in turn.</summary>
    public ReadOnlySpan<int> Bounds => _bounds;

    public static CodePoints Range(int first, int last) => new([first, last]);

    public static CodePoints Single(int codePoint) => new([codePoint, codePoint]);

    /// <summary>A set of ranges in any order.</summary>
    /// <param name="bounds">First and last of each range in turn.</param>
    public static CodePoints Of(params ReadOnlySpan<int> bounds)
    {
        var ranges = new List<(int First, int Last)>(bounds.Length / 2);
        for (int i = 0; i < bounds.Length; i += 2)
            ranges.Add((bounds[i], bounds[i + 1]));
        ranges.Sort();
        var merged = new List<int>(bounds.Length);
        foreach ((int first, int last) in ranges)
        {
            if (merged.Count > 0 && first <= merged[^1] + 1)
                merged[^1] = Math.Max(merged[^1], last);
            else
                merged.AddRange([first, last]);
        }
        return new CodePoints([.. merged]);
    }

    /// <summary>The code points of a general category such as "Lu" or of a major one such as "L"; null for a name that is none.</summary>
    public static CodePoints? Category(string name)
    {
        if (name is not { Length: 1 or 2 })
            return null;
        var bounds = new List<int>();
        for (int c = 0; c <= Last; c++)
        {
            if (!ShortName(CharUnicodeInfo.GetUnicodeCategory(c)).StartsWith(name, StringComparison.Ordinal))
                continue;
            if (bounds.Count > 0 && bounds[^1] == c - 1)
                bounds[^1] = c;
            else
                bounds.AddRange([c, c]);
        }
        return bounds.Count == 0 ? null : new CodePoints([.. bounds]);
    }

    public bool Contains(int codePoint)
    {
        int low = 0, high = (_bounds.Length / 2) - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            if (codePoint < _bounds[2 * middle])
                high = middle - 1;
            else if (codePoint > _bounds[(2 * middle) + 1])
                low = middle + 1;
            else
                return true;
        }
        return false;
    }

    public CodePoints Union(CodePoints other) => Of([.. _bounds, .. other._bounds]);

    public CodePoints Intersection(CodePoints other) => Complement().Union(other.Complement()).Complement();

    public CodePoints Complement()
    {
        var bounds = new List<int>(_bounds.Length + 2);
        int next = 0;
        for (int i = 0; i < _bounds.Length; i += 2)
        {
            if (_bounds[i] > next)
                bounds.AddRange([next, _bounds[i] - 1]);
            next = _bounds[i + 1] + 1;
        }
        if (next <= Last)
            bounds.AddRange([next, Last]);
        return new CodePoints([.. bounds]);
    }

    public bool Equals(CodePoints? other) => other is not null && _bounds.AsSpan().SequenceEqual(other._bounds);

    public override bool Equals(object? obj) => Equals(obj as CodePoints);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (int bound in _bounds)
            hash.Add(bound);
        return hash.ToHashCode();
    }

    public override string ToString()
    {
        var text = new StringBuilder("[");
        for (int i = 0; i < _bounds.Length; i += 2)
            text.Append(CultureInfo.InvariantCulture, $"{_bounds[i]:X}-{_bounds[i + 1]:X} ");
        return text.Append(']').ToString();
    }

    private static string ShortName(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => "Lu",
        UnicodeCategory.LowercaseLetter => "Ll",
        UnicodeCategory.TitlecaseLetter => "Lt",
        UnicodeCategory.ModifierLetter => "Lm",
        UnicodeCategory.OtherLetter => "Lo",
        UnicodeCategory.NonSpacingMark => "Mn",
        UnicodeCategory.SpacingCombiningMark => "Mc",
        UnicodeCategory.EnclosingMark => "Me",
        UnicodeCategory.DecimalDigitNumber => "Nd",
        UnicodeCategory.LetterNumber => "Nl",
        UnicodeCategory.OtherNumber => "No",
        UnicodeCategory.SpaceSeparator => "Zs",
        UnicodeCategory.LineSeparator => "Zl",
        UnicodeCategory.ParagraphSeparator => "Zp",
        UnicodeCategory.Control => "Cc",
        UnicodeCategory.Format => "Cf",
        UnicodeCategory.Surrogate => "Cs",
        UnicodeCategory.PrivateUse => "Co",
        UnicodeCategory.ConnectorPunctuation => "Pc",
        UnicodeCategory.DashPunctuation => "Pd",
        UnicodeCategory.OpenPunctuation => "Ps",
        UnicodeCategory.ClosePunctuation => "Pe",
        UnicodeCategory.InitialQuotePunctuation => "Pi",
        UnicodeCategory.FinalQuotePunctuation => "Pf",
        UnicodeCategory.OtherPunctuation => "Po",
        UnicodeCategory.MathSymbol => "Sm",
        UnicodeCategory.CurrencySymbol => "Sc",
        UnicodeCategory.ModifierSymbol => "Sk",
        UnicodeCategory.OtherSymbol => "So",
        _ => "Cn",
    };
}
