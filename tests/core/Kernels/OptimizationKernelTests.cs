using MhcPipeline.Core.Kernels.Optimization;
using Xunit;

namespace MhcPipeline.Core.Tests.Kernels;

public sealed unsafe class OptimizationKernelTests
{
    private const int Count = 150_001; // three parts, the last of them short

    [Fact]
    public void A_step_of_AdamW_is_the_formula_on_both_sides_of_the_border_of_decay()
    {
        const int decayed = 100_003;
        const double keep = 0.99, beta1 = 0.9, beta2 = 0.95, rate = 0.01, eps = 1e-6;
        float[] x = KernelNumbers.Normal(Count, 1), g = KernelNumbers.Normal(Count, 2), m = KernelNumbers.Normal(Count, 3);
        float[] v = [.. KernelNumbers.Normal(Count, 4).Select(Math.Abs)];
        double[] first = [.. m.Zip(g, (a, b) => (beta1 * a) + ((1 - beta1) * b))], second = [.. v.Zip(g, (a, b) => (beta2 * a) + ((1 - beta2) * b * b))];
        double[] values = [.. Enumerable.Range(0, Count).Select(i => ((i < decayed ? keep : 1) * x[i]) - (rate * first[i] / (Math.Sqrt(second[i]) + eps)))];
        foreach (int lanes in new[] { 1, 4, 8, 16 })
            KernelNumbers.With(lanes, threads: 2, () =>
            {
                float[] values1 = [.. x], first1 = [.. m], second1 = [.. v];
                AdamWKernel.Step(values1, g, first1, second1, decayed, keep, beta1, beta2, rate, eps);
                KernelNumbers.Close(values, values1, 1e-6, "values");
                KernelNumbers.Close(first, first1, 1e-6, "first moment");
                KernelNumbers.Close(second, second1, 1e-6, "second moment");
            });
    }

    [Fact]
    public void Gathering_adds_every_gradient_in_order_and_clears_it()
    {
        float[] target = KernelNumbers.Normal(Count, 1), a = KernelNumbers.Normal(Count, 2), b = KernelNumbers.Normal(Count, 3);
        float[] expected = [.. target.Zip(a, b).Select(x => x.First + x.Second + x.Third)];
        fixed (float* pt = target, pa = a, pb = b)
        {
            float** sources = stackalloc float*[] { pa, pb };
            GradientKernel.Gather(pt, sources, 2, Count);
        }
        Assert.Equal(expected, target);
        Assert.All([a, b], source => Assert.DoesNotContain(source, value => value != 0));
    }

    [Fact]
    public void The_norm_is_that_of_the_formula_on_any_number_of_threads()
    {
        float[] g = KernelNumbers.Normal(Count, 1);
        double expected = Math.Sqrt(g.Sum(x => (double)x * x)), one = 0, three = 0;
        KernelNumbers.With(lanes: 0, threads: 1, () => one = GradientKernel.Norm(g));
        KernelNumbers.With(lanes: 0, threads: 3, () => three = GradientKernel.Norm(g));
        Assert.Equal(one, three);
        Assert.Equal(expected, one, expected * 1e-6);
    }

    [Fact]
    public void A_gradient_that_is_no_number_has_no_finite_norm()
    {
        float[] g = KernelNumbers.Normal(100, 1);
        g[99] = float.NaN;
        Assert.True(double.IsNaN(GradientKernel.Norm(g)));
    }

    [Fact]
    public void Scaling_reaches_every_element()
    {
        float[] g = KernelNumbers.Normal(Count, 1), expected = [.. g.Select(x => x * 0.25f)];
        GradientKernel.Scale(g, 0.25);
        Assert.Equal(expected, g);
    }
}
