namespace MhcPipeline.Train.Parameters;

/// <summary>What a parameter holds before training.</summary>
public sealed record Initial
{
    private Initial()
    {
    }

    /// <summary>Standard deviation of the normal distribution that values are drawn from; 0 when they are not drawn.</summary>
    public double Deviation { get; private init; }

    /// <summary>Rows that hold zeros all the same, or null.</summary>
    public Range? ZeroRows { get; init; }

    /// <summary>The value of every element, when <see cref="Values"/> is null and <see cref="Deviation"/> 0.</summary>
    public double Constant { get; private init; }

    /// <summary>Every element, row-major, or null.</summary>
    public IReadOnlyList<float>? Values { get; private init; }

    /// <summary>Values drawn from N(0, deviation^2).</summary>
    public static Initial Normal(double deviation) => new() { Deviation = deviation };

    /// <summary>One value everywhere.</summary>
    public static Initial All(double value) => new() { Constant = value };

    /// <summary>These values, row-major.</summary>
    public static Initial Of(IReadOnlyList<float> values) => new() { Values = values };
}
