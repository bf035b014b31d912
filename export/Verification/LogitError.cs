namespace MhcPipeline.Export.Verification;

/// <summary>How far some logits are from those expected.</summary>
/// <param name="Largest">Largest absolute difference; infinite when one is not a number.</param>
/// <param name="Relative">Root mean square of the differences over that of the expected logits; infinite when one is not a number.</param>
internal readonly record struct LogitError(float Largest, float Relative)
{
    /// <summary>Compares.</summary>
    public static LogitError Between(float[] actual, float[] expected)
    {
        float largest = 0;
        double squares = 0, of = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            float difference = MathF.Abs(actual[i] - expected[i]);
            if (!float.IsFinite(difference))
                return new LogitError(float.PositiveInfinity, float.PositiveInfinity);
            largest = MathF.Max(largest, difference);
            squares += (double)difference * difference;
            of += (double)expected[i] * expected[i];
        }
        return new LogitError(largest, squares == 0 ? 0 : (float)Math.Sqrt(squares / of));
    }
}
