using static TorchSharp.torch;

namespace MhcPipeline.Compat.Tests.Torch;

/// <summary>Comparisons that the tests share.</summary>
internal static class Tensors
{
    public static float[] Floats(Tensor tensor) => tensor.data<float>().ToArray();

    public static long[] Longs(Tensor tensor) => tensor.data<long>().ToArray();

    public static void Close(float[] expected, Tensor actual, float tolerance = 1e-5f)
    {
        float[] values = Floats(actual);
        Xunit.Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < values.Length; i++)
            Xunit.Assert.True(MathF.Abs(expected[i] - values[i]) <= tolerance, $"element {i}: expected {expected[i]}, got {values[i]}");
    }

    /// <summary>Compares the gradient of a scalar function with central differences in float64.</summary>
    public static void GradientMatchesDifferences(Func<Tensor, Tensor> function, double[] at, double tolerance = 1e-6)
    {
        using var scope = NewDisposeScope();
        var x = tensor(at, requires_grad: true);
        function(x).backward();
        double[] gradient = x.grad!.data<double>().ToArray();
        const double step = 1e-5;
        for (int i = 0; i < at.Length; i++)
        {
            double[] above = [.. at], below = [.. at];
            above[i] += step;
            below[i] -= step;
            double difference = (Value(above) - Value(below)) / (2 * step);
            Xunit.Assert.True(Math.Abs(difference - gradient[i]) <= tolerance * Math.Max(1, Math.Abs(difference)), $"element {i}: differences give {difference}, backward gives {gradient[i]}");
        }

        double Value(double[] values)
        {
            using var untracked = no_grad();
            return function(tensor(values)).item<double>();
        }
    }
}
