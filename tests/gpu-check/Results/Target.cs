namespace MhcPipeline.GpuCheck.Results;

/// <summary>What a figure should be.</summary>
/// <param name="Value">The bound.</param>
/// <param name="AtMost">Whether less is better.</param>
internal readonly record struct Target(double Value, bool AtMost)
{
    /// <summary>At least so much.</summary>
    public static Target Least(double value) => new(value, AtMost: false);

    /// <summary>At most so much.</summary>
    public static Target Most(double value) => new(value, AtMost: true);

    /// <summary>Whether a value meets it.</summary>
    public bool IsMet(double value) => AtMost ? value <= Value : value >= Value;

    /// <summary>"at most 6.7".</summary>
    public override string ToString() => $"{(AtMost ? "at most" : "at least")} {Figure.Number(Value)}";
}
