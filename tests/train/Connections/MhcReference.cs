namespace MhcPipeline.Train.Tests.Connections;

/// <summary>One site for one token in plain double precision, written down from arXiv 2512.24880 with the eps of DeepSeek-V4; columns of comb last.</summary>
internal sealed class MhcReference
{
    public MhcReference(float[] streams, float[] fn, float[] bias, float[] scale, int n, int iterations, double eps, double normEps)
    {
        int width = streams.Length;
        double r = 1 / Math.Sqrt(streams.Sum(x => (double)x * x / width) + normEps);
        double[] m = [.. Enumerable.Range(0, (2 + n) * n).Select(row => r * Enumerable.Range(0, width).Sum(c => (double)streams[c] * fn[(row * width) + c]))];
        Pre = [.. Enumerable.Range(0, n).Select(i => Sigmoid((m[i] * scale[0]) + bias[i]) + eps)];
        Post = [.. Enumerable.Range(0, n).Select(i => 2 * Sigmoid((m[n + i] * scale[1]) + bias[n + i]))];
        Comb = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            double[] row = [.. Enumerable.Range(2 * n + (i * n), n).Select(k => (m[k] * scale[2]) + bias[k])];
            double highest = row.Max(), sum = row.Sum(x => Math.Exp(x - highest));
            for (int j = 0; j < n; j++)
                Comb[i, j] = (Math.Exp(row[j] - highest) / sum) + eps;
        }
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            for (int i = 0; i < n && iteration > 0; i++)
            {
                double sum = eps + Enumerable.Range(0, n).Sum(j => Comb[i, j]);
                for (int j = 0; j < n; j++)
                    Comb[i, j] /= sum;
            }
            for (int j = 0; j < n; j++)
            {
                double sum = eps + Enumerable.Range(0, n).Sum(i => Comb[i, j]);
                for (int i = 0; i < n; i++)
                    Comb[i, j] /= sum;
            }
        }
    }

    public double[] Pre { get; }

    public double[] Post { get; }

    public double[,] Comb { get; }

    public static double[] Read(float[] streams, double[] pre)
    {
        int width = streams.Length / pre.Length;
        return [.. Enumerable.Range(0, width).Select(c => Enumerable.Range(0, pre.Length).Sum(i => pre[i] * streams[(i * width) + c]))];
    }

    public double[] Write(float[] streams, float[] output)
    {
        int n = Post.Length, width = output.Length;
        double[] written = new double[streams.Length];
        for (int j = 0; j < n; j++)
            for (int c = 0; c < width; c++)
                written[(j * width) + c] = (Post[j] * output[c]) + Enumerable.Range(0, n).Sum(i => Comb[i, j] * streams[(i * width) + c]);
        return written;
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
