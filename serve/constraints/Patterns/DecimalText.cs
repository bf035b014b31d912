using System.Globalization;
using System.Numerics;

namespace MhcPipeline.Constraints.Patterns;

/// <summary>A decimal number as its digits, exactly.</summary>
/// <param name="Negative">Whether it is below zero.</param>
/// <param name="Integer">Digits before the point, without leading zeros but for "0".</param>
/// <param name="Fraction">Digits after the point, without trailing zeros.</param>
internal sealed record DecimalText(bool Negative, string Integer, string Fraction) : IComparable<DecimalText>
{
    private const int LargestExponent = 400;

    public bool IsInteger => Fraction.Length == 0;

    public bool IsZero => Integer == "0" && Fraction.Length == 0;

    /// <summary>Reads a JSON number.</summary>
    /// <returns>Null where the exponent is beyond 400 either way.</returns>
    public static DecimalText? Parse(string json)
    {
        int e = json.AsSpan().IndexOfAny('e', 'E');
        int exponent = 0;
        if (e >= 0 && (!int.TryParse(json.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || Math.Abs(exponent) > LargestExponent))
            return null;
        string mantissa = e >= 0 ? json[..e] : json;
        bool negative = mantissa.StartsWith('-');
        mantissa = mantissa.TrimStart('-', '+');
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        string digits = point >= 0 ? mantissa[..point] + mantissa[(point + 1)..] : mantissa;
        int places = (point >= 0 ? point : mantissa.Length) + exponent;
        string whole = places <= 0 ? "0" : digits.Length <= places ? digits.PadRight(places, '0') : digits[..places];
        string part = places <= 0 ? new string('0', -places) + digits : digits.Length <= places ? "" : digits[places..];
        whole = whole.TrimStart('0');
        var number = new DecimalText(negative, whole.Length == 0 ? "0" : whole, part.TrimEnd('0'));
        return number.IsZero ? number with { Negative = false } : number;
    }

    /// <summary>The number times a power of ten, which must make it an integer.</summary>
    public BigInteger Scaled(int places)
    {
        BigInteger value = BigInteger.Parse(Integer + Fraction.PadRight(places, '0'), CultureInfo.InvariantCulture);
        return Negative ? -value : value;
    }

    public int CompareTo(DecimalText? other)
    {
        if (other is null)
            return 1;
        int places = Math.Max(Fraction.Length, other.Fraction.Length);
        return Scaled(places).CompareTo(other.Scaled(places));
    }

    public bool IsMultipleOf(DecimalText other)
    {
        int places = Math.Max(Fraction.Length, other.Fraction.Length);
        return (Scaled(places) % other.Scaled(places)).IsZero;
    }

    public override string ToString() => (Negative ? "-" : "") + Integer + (Fraction.Length == 0 ? "" : "." + Fraction);
}
