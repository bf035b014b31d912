using MhcPipeline.Core.Kernels.Sublayers;
using Xunit;

namespace MhcPipeline.Core.Tests.Kernels;

/// <summary>The products of a linear layer against sums in double precision.</summary>
public sealed unsafe class LinearKernelTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 5, 3)]
    [InlineData(8, 16, 48)]
    [InlineData(33, 20, 65)]
    [InlineData(12, 100, 17)]
    [InlineData(50, 2100, 31)] // panels of several depths, forward
    [InlineData(1030, 9, 50)] // and backward
    public void The_three_products_are_those_of_the_formula(int tokens, int inputs, int outputs)
    {
        float[] x = KernelNumbers.Normal(tokens * inputs, 1), w = KernelNumbers.Normal(outputs * inputs, 2), g = KernelNumbers.Normal(tokens * outputs, 3);
        float[] before = KernelNumbers.Normal(outputs * inputs, 4);
        double[] y = new double[g.Length], gx = new double[x.Length], gw = new double[w.Length];
        for (int t = 0; t < tokens; t++)
            for (int o = 0; o < outputs; o++)
                for (int i = 0; i < inputs; i++)
                {
                    y[(t * outputs) + o] += (double)x[(t * inputs) + i] * w[(o * inputs) + i];
                    gx[(t * inputs) + i] += (double)g[(t * outputs) + o] * w[(o * inputs) + i];
                    gw[(o * inputs) + i] += (double)g[(t * outputs) + o] * x[(t * inputs) + i];
                }
        foreach (int lanes in new[] { 1, 4, 8, 16 })
            KernelNumbers.With(lanes, threads: 2, () =>
            {
                float[] output = Garbage(g.Length), ofX = Garbage(x.Length), ofWeight = Garbage(w.Length);
                float[] added = [.. before];
                fixed (float* px = x, pw = w, pg = g, py = output, pgx = ofX, pgw = ofWeight, pa = added)
                {
                    LinearKernel.Forward(px, pw, py, tokens, inputs, outputs);
                    LinearKernel.InputGradient(pg, pw, pgx, tokens, inputs, outputs);
                    LinearKernel.WeightGradient(pg, px, pgw, tokens, inputs, outputs);
                    LinearKernel.WeightGradient(pg, px, pa, tokens, inputs, outputs, add: true);
                }
                KernelNumbers.Close(y, output, 2e-6, "y");
                KernelNumbers.Close(gx, ofX, 2e-6, "gradient of x");
                KernelNumbers.Close(gw, ofWeight, 2e-6, "gradient of the weight");
                KernelNumbers.Close([.. gw.Zip(before, (a, b) => a + b)], added, 2e-6, "sum with what was there");
            });
    }

    [Fact]
    public void A_token_has_the_same_numbers_alone_and_among_others_on_any_number_of_threads()
    {
        const int tokens = 21, inputs = 70, outputs = 100;
        float[] x = KernelNumbers.Normal(tokens * inputs, 1), w = KernelNumbers.Normal(outputs * inputs, 2), one = new float[tokens * outputs], all = new float[tokens * outputs];
        fixed (float* px = x, pw = w, pone = one, pall = all)
        {
            float* from = px, weight = pw, single = pone, together = pall;
            KernelNumbers.With(16, threads: 1, () =>
            {
                for (int t = 0; t < tokens; t++)
                    LinearKernel.Forward(from + (t * inputs), weight, single + (t * outputs), 1, inputs, outputs);
            });
            KernelNumbers.With(16, threads: 2, () => LinearKernel.Forward(from, weight, together, tokens, inputs, outputs));
        }
        Assert.Equal(one, all);
    }

    private static float[] Garbage(int count)
    {
        float[] numbers = new float[count];
        Array.Fill(numbers, float.NaN);
        return numbers;
    }
}
