using System.Globalization;
using MhcPipeline.Core;

namespace MhcPipeline.Conformance;

/// <summary>The error of one tensor.</summary>
/// <param name="Tensor">Its name.</param>
/// <param name="Absolute">Largest absolute difference; NaN when either side holds one.</param>
/// <param name="Relative">The same, over the expected tensor's largest absolute value.</param>
/// <param name="Passed">True when the error is within the limit.</param>
public sealed record TensorError(string Tensor, double Absolute, double Relative, bool Passed)
{
    /// <summary>Compares with a limit relative to the tensor's largest absolute value.</summary>
    public static TensorError WithinRelative(string tensor, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double limit)
    {
        (double absolute, double relative) = Measure(tensor, expected, actual);
        return new(tensor, absolute, relative, relative <= limit);
    }

    /// <summary>Compares with an absolute limit.</summary>
    public static TensorError WithinAbsolute(string tensor, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double limit)
    {
        (double absolute, double relative) = Measure(tensor, expected, actual);
        return new(tensor, absolute, relative, absolute <= limit);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Tensor} {Absolute:0.0e-00}|{Relative:0.0e-00}{(Passed ? "" : " (over the limit)")}");

    private static (double Absolute, double Relative) Measure(string tensor, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        if (expected.Length != actual.Length)
            throw new PipelineException($"{tensor} has {actual.Length} elements where the case expects {expected.Length}.");
        double absolute = 0, largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]);
            if (double.IsNaN(difference))
                return (double.NaN, double.NaN); // Math.Max would keep it too, a comparison would lose it
            absolute = Math.Max(absolute, difference);
            largest = Math.Max(largest, Math.Abs((double)expected[i]));
        }
        return (absolute, absolute == 0 ? 0 : absolute / largest);
    }
}
