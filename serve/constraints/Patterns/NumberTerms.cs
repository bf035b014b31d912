namespace MhcPipeline.Constraints.Patterns;

/// <summary>Terms for the text of JSON numbers.</summary>
/// <param name="terms">Makes them.</param>
internal sealed class NumberTerms(Terms terms)
{
    /// <summary>Beyond this many remainders a divisor is not followed digit by digit.</summary>
    public const long LargestDivisor = 2_000;

    /// <summary>A number with no more digits than programs read: 20 before the point, 20 after it, an exponent of two.</summary>
    public Term Any => field ??= PatternParser.Whole(terms, "-?(0|[1-9][0-9]{0,19})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?");

    /// <summary>A number without exponent, which is what bounds are compared with.</summary>
    public Term Plain => field ??= PatternParser.Whole(terms, "-?(0|[1-9][0-9]{0,19})(\\.[0-9]{1,20})?");

    /// <summary>Every text of a number that is whole, however many zeros stand after its point.</summary>
    public Term Whole => field ??= PatternParser.Whole(terms, "-?[0-9]+(\\.0*)?");

    /// <summary>A number without fraction, or with one of a few zeros.</summary>
    public Term Integral => field ??= PatternParser.Whole(terms, "-?(0|[1-9][0-9]{0,19})(\\.0{1,3})?");

    /// <summary>A number without point.</summary>
    public Term Integer => field ??= PatternParser.Whole(terms, "-?(0|[1-9][0-9]{0,19})");

    public Term Above(DecimalText bound, bool orEqual) => terms.Leaf(new AboveState(bound, orEqual));

    public Term EqualTo(DecimalText value) => terms.Both(Above(value, orEqual: true), terms.Not(Above(value, orEqual: false)));

    /// <summary>Multiples of a number; null where it has too many digits to be followed.</summary>
    public Term? MultipleOf(DecimalText number)
    {
        if (number.IsZero || number.Integer.Length + number.Fraction.Length > 15)
            return null;
        long divisor = Math.Abs((long)number.Scaled(number.Fraction.Length));
        return divisor <= LargestDivisor ? terms.Leaf(new MultipleState(divisor, number.Fraction.Length)) : null;
    }

    public static void AddBoundaries(List<int> firsts)
    {
        firsts.AddRange(['-', '.', '/']);
        for (int c = '0'; c <= ':'; c++)
            firsts.Add(c);
    }
}
