namespace MhcPipeline.Constraints.Patterns;

/// <summary>Compares the text of a number without exponent, digit by digit, with a bound: matches numbers above it.</summary>
/// <param name="Bound">The bound.</param>
/// <param name="OrEqual">Whether the bound itself matches.</param>
internal sealed record AboveState(DecimalText Bound, bool OrEqual) : ILeafState
{
    private enum Part
    {
        Start,
        Sign,
        Integer,
        Fraction,
    }

    private Part Read { get; init; }

    private bool Negative { get; init; }

    /// <summary>Digits of the part that is being read, at most one more than the bound has.</summary>
    private int Digits { get; init; }

    /// <summary>How what was read compares with as many digits of the bound.</summary>
    private int Order { get; init; }

    private int Magnitude => Read == Part.Fraction ? (Order == 0 && Digits < Bound.Fraction.Length ? -1 : Order) : Digits != Bound.Integer.Length ? Digits.CompareTo(Bound.Integer.Length) : Order == 0 && Bound.Fraction.Length > 0 ? -1 : Order;

    public bool Accepts
    {
        get
        {
            if (Read is Part.Start or Part.Sign)
                return false;
            int order = (Negative, Bound.Negative) switch
            {
                (false, false) => Magnitude,
                (true, true) => -Magnitude,
                (false, true) => 1,
                _ => Bound.IsZero && Magnitude == 0 ? 0 : -1,
            };
            return order > 0 || (OrEqual && order == 0);
        }
    }

    public ILeafState? Next(int codePoint)
    {
        if (codePoint == '-')
            return Read == Part.Start ? this with { Read = Part.Sign, Negative = true } : null;
        if (codePoint == '.')
            return Read == Part.Integer ? this with { Read = Part.Fraction, Order = Digits != Bound.Integer.Length ? Digits.CompareTo(Bound.Integer.Length) : Order, Digits = 0 } : null;
        if (codePoint is < '0' or > '9')
            return null;
        if (Read == Part.Fraction)
        {
            if (Order != 0)
                return this;
            int order = codePoint.CompareTo(Digits < Bound.Fraction.Length ? Bound.Fraction[Digits] : '0');
            return this with { Order = Math.Sign(order), Digits = order != 0 ? 0 : Math.Min(Digits + 1, Bound.Fraction.Length) };
        }
        if (Digits >= Bound.Integer.Length)
            return this with { Digits = Bound.Integer.Length + 1, Order = 1 };
        return this with { Read = Part.Integer, Digits = Digits + 1, Order = Order != 0 ? Order : Math.Sign(codePoint.CompareTo(Bound.Integer[Digits])) };
    }

    public void AddBoundaries(List<int> firsts) => NumberTerms.AddBoundaries(firsts);
}
