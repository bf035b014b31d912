using System.Globalization;

namespace MhcPipeline.GpuCheck.Results;

/// <summary>One measured number.</summary>
/// <param name="Section">What it belongs to.</param>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The median of several.</param>
/// <param name="Unit">Of value and target.</param>
/// <param name="Target">What it should be; null where nothing is asked.</param>
internal sealed record Figure(string Section, string Name, double Value, string Unit, Target? Target = null)
{
    /// <summary>Whether the target is met; null where there is none.</summary>
    public bool? Met => Target?.IsMet(Value);

    /// <summary>"2.93 TB/s".</summary>
    public string Text => $"{Number(Value)} {Unit}";

    /// <summary>Three digits that count, without an exponent.</summary>
    public static string Number(double value) => value switch
    {
        0 => "0",
        _ when !double.IsFinite(value) => value.ToString(CultureInfo.InvariantCulture),
        _ => Math.Round(value, Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 15)).ToString("0.###############", CultureInfo.InvariantCulture),
    };
}
