namespace MhcPipeline.Constraints.Patterns;

/// <summary>The remainder of a number without exponent, digit by digit: matches multiples.</summary>
/// <param name="Divisor">The number of which multiples match, times ten to the power of <paramref name="Places"/>; at most 10^15.</param>
/// <param name="Places">Its digits after the point.</param>
internal sealed record MultipleState(long Divisor, int Places) : ILeafState
{
    private long Remainder { get; init; }

    /// <summary>Digits read after the point; -1 before it.</summary>
    private int Fraction { get; init; } = -1;

    private bool HasDigit { get; init; }

    public bool Accepts => HasDigit && Shifted(Places - Math.Max(Fraction, 0)) == 0;

    public ILeafState? Next(int codePoint)
    {
        switch (codePoint)
        {
            case '-':
                return this;
            case '.':
                return Fraction < 0 ? Possible(this with { Fraction = 0 }) : null;
            case >= '0' and <= '9':
                if (Fraction >= Places)
                    return codePoint == '0' ? this : null;
                return Possible(this with
                {
                    Remainder = (long)((((Int128)Remainder * 10) + codePoint - '0') % Divisor),
                    Fraction = Fraction < 0 ? -1 : Fraction + 1,
                    HasDigit = true,
                });
            default:
                return null;
        }
    }

    public void AddBoundaries(List<int> firsts) => NumberTerms.AddBoundaries(firsts);

    private long Shifted(int places)
    {
        Int128 remainder = Remainder;
        for (int i = 0; i < places; i++)
            remainder = remainder * 10 % Divisor;
        return (long)remainder;
    }

    /// <summary>After the point only so many digits are left to reach a multiple.</summary>
    private static MultipleState? Possible(MultipleState state)
    {
        if (state.Fraction < 0)
            return state;
        long missing = (state.Divisor - state.Shifted(state.Places - state.Fraction)) % state.Divisor;
        return missing < Math.Pow(10, state.Places - state.Fraction) ? state : null;
    }
}
