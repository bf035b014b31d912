namespace MhcPipeline.Export.Folding;

/// <summary>Sinkhorn-Knopp of one matrix in double precision (design.md section 3): softmax of the rows + eps, columns, then rows and columns in turn.</summary>
internal static class SinkhornReference
{
    /// <summary>comb after 1, 2, … iterations, [n·n] each.</summary>
    /// <param name="logits">[n·n], row-major.</param>
    /// <param name="n">Streams.</param>
    /// <param name="iterations">How many, 1 or more.</param>
    /// <param name="eps">Added to the softmax and to every sum.</param>
    public static double[][] Steps(ReadOnlySpan<float> logits, int n, int iterations, double eps)
    {
        // Exponentials of differences to the row's largest logit: with eps 0 a column of doubles vanishes only beyond differences of 700.
        var comb = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            ReadOnlySpan<float> row = logits.Slice(i * n, n);
            double largest = double.NegativeInfinity, sum = 0;
            foreach (float logit in row)
                largest = Math.Max(largest, logit);
            for (int j = 0; j < n; j++)
                sum += comb[(i * n) + j] = Math.Exp(row[j] - largest);
            for (int j = 0; j < n; j++)
                comb[(i * n) + j] = (comb[(i * n) + j] / sum) + eps;
        }
        var steps = new double[iterations][];
        for (int k = 0; k < iterations; k++)
        {
            if (k > 0)
                Divide(comb, n, eps, stride: 1, step: n);
            Divide(comb, n, eps, stride: n, step: 1);
            steps[k] = [.. comb];
        }
        return steps;
    }

    // Lines of n elements, stride apart, the next line a step further, are divided by their sum + eps.
    private static void Divide(double[] comb, int n, double eps, int stride, int step)
    {
        for (int line = 0; line < n; line++)
        {
            double sum = eps;
            for (int k = 0; k < n; k++)
                sum += comb[(line * step) + (k * stride)];
            for (int k = 0; k < n; k++)
                comb[(line * step) + (k * stride)] /= sum;
        }
    }
}
