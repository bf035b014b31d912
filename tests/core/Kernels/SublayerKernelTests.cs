using MhcPipeline.Core.Kernels.Sublayers;
using Xunit;

namespace MhcPipeline.Core.Tests.Kernels;

/// <summary>The kernels between the products against their formulas in double precision.</summary>
public sealed class SublayerKernelTests
{
    [Theory]
    [InlineData(1, 3)]
    [InlineData(5, 20)]
    [InlineData(3, 67)]
    [InlineData(300, 384)] // several parts
    public void RmsNorm_and_its_gradients_are_those_of_the_formula(int tokens, int width)
    {
        const double eps = 1e-5;
        float[] x = KernelNumbers.Normal(tokens * width, 1), w = KernelNumbers.Normal(width, 2), g = KernelNumbers.Normal(tokens * width, 3);
        double[] y = new double[x.Length], gx = new double[x.Length], gw = new double[width];
        for (int t = 0; t < tokens; t++)
        {
            int at = t * width;
            double square = 0, dot = 0;
            for (int c = 0; c < width; c++)
                (square, dot) = (square + ((double)x[at + c] * x[at + c]), dot + ((double)g[at + c] * w[c] * x[at + c]));
            double root = 1 / Math.Sqrt((square / width) + eps);
            for (int c = 0; c < width; c++)
            {
                y[at + c] = x[at + c] * root * w[c];
                gx[at + c] = (root * g[at + c] * w[c]) - (Math.Pow(root, 3) * dot / width * x[at + c]);
                gw[c] += g[at + c] * x[at + c] * root;
            }
        }
        foreach (int lanes in new[] { 1, 4, 8, 16 })
            KernelNumbers.With(lanes, threads: 2, () =>
            {
                float[] output = new float[x.Length], roots = new float[tokens], ofX = new float[x.Length], ofWeight = new float[width];
                RmsNormKernel.Forward(x, w, eps, output, roots);
                RmsNormKernel.Backward(x, w, roots, g, ofX, ofWeight);
                KernelNumbers.Close(y, output, 1e-6, "y");
                KernelNumbers.Close(gx, ofX, 2e-6, "gradient of x");
                KernelNumbers.Close(gw, ofWeight, 5e-6, "gradient of the weight");
            });
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 24)]
    [InlineData(3, 85)]
    [InlineData(200, 344)] // several parts
    public void SwiGlu_and_its_gradient_are_those_of_the_formula(int tokens, int inner)
    {
        float[] both = KernelNumbers.Normal(tokens * 2 * inner, 1, deviation: 3), g = KernelNumbers.Normal(tokens * inner, 2);
        (both[0], both[inner / 2]) = (-200, 200); // beyond the exponential's range
        double[] y = new double[g.Length], gradient = new double[both.Length];
        for (int t = 0; t < tokens; t++)
            for (int c = 0; c < inner; c++)
            {
                int gate = (t * 2 * inner) + c, at = (t * inner) + c;
                double sigmoid = 1 / (1 + Math.Exp(-(double)both[gate]));
                y[at] = both[gate] * sigmoid * both[gate + inner];
                gradient[gate] = g[at] * both[gate + inner] * sigmoid * (1 + (both[gate] * (1 - sigmoid)));
                gradient[gate + inner] = g[at] * both[gate] * sigmoid;
            }
        foreach (int lanes in new[] { 1, 4, 8, 16 })
            KernelNumbers.With(lanes, threads: 2, () =>
            {
                float[] output = new float[g.Length], ofBoth = new float[both.Length];
                SwiGluKernel.Forward(both, inner, output);
                SwiGluKernel.Backward(both, inner, g, ofBoth);
                KernelNumbers.Close(y, output, 1e-6, "y");
                KernelNumbers.Close(gradient, ofBoth, 2e-6, "gradient");
            });
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(9, 65)]
    [InlineData(50, 1003)]
    public void Cross_entropy_and_its_gradient_are_those_of_the_formula(int rows, int vocabulary)
    {
        float[] logits = KernelNumbers.Normal(rows * vocabulary, 1, deviation: 20);
        var random = new Random(2);
        long[] targets = [.. Enumerable.Range(0, rows).Select(t => t % 4 == 3 ? CrossEntropyKernel.Ignored : random.Next(vocabulary))];
        double loss = 0;
        double[] gradient = new double[logits.Length];
        for (int t = 0; t < rows; t++)
        {
            if (targets[t] == CrossEntropyKernel.Ignored)
                continue;
            double[] row = [.. logits.Skip(t * vocabulary).Take(vocabulary).Select(x => (double)x)];
            double highest = row.Max(), sum = row.Sum(x => Math.Exp(x - highest));
            loss += highest + Math.Log(sum) - row[targets[t]];
            for (int v = 0; v < vocabulary; v++)
                gradient[(t * vocabulary) + v] = (Math.Exp(row[v] - highest) / sum) - (v == targets[t] ? 1 : 0);
        }
        foreach (int lanes in new[] { 1, 4, 8, 16 })
            KernelNumbers.With(lanes, threads: 2, () =>
            {
                float[] work = [.. logits];
                Assert.Equal(loss, CrossEntropyKernel.Sum(work, targets, gradient: true), loss * 1e-6);
                KernelNumbers.Close(gradient, work, 2e-6, "gradient");
                Assert.Equal(loss, CrossEntropyKernel.Sum([.. logits], targets, gradient: false), loss * 1e-6);
            });
    }

    [Fact]
    public void A_target_outside_the_vocabulary_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CrossEntropyKernel.Sum(new float[10], [1L, 5], gradient: false));
}
