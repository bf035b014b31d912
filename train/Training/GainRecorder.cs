using System.Runtime.InteropServices;
using MhcPipeline.Train.Connections;
using MhcPipeline.Train.Metrics;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Training;

/// <summary>
/// Measures the gains of residual mixing during one forward pass, on its first tokens: a few kilobytes a site are copied, so
/// sampling costs less than a thousandth of a step.
/// </summary>
public sealed class GainRecorder : IDisposable
{
    /// <summary>Tokens looked at.</summary>
    private const int Tokens = 64;

    private readonly IConnection _connection;
    private readonly SortedDictionary<int, double[][,]> _mixing = [];

    /// <summary>Listens to a connection until disposed.</summary>
    public GainRecorder(IConnection connection)
    {
        _connection = connection;
        _connection.OnMixing = Record;
    }

    /// <summary>
    /// The gains of each site and of the product of all sites' matrices (the last site's leftmost), averaged over the tokens;
    /// null when the connection mixes no streams.
    /// </summary>
    /// <param name="step">Optimizer steps done.</param>
    public GainsMetric? Measure(long step)
    {
        if (_mixing.Count == 0)
            return null;
        double[][,] product = _mixing.Values.First();
        foreach (double[][,] next in _mixing.Values.Skip(1))
            product = [.. next.Zip(product, Multiply)];
        SiteGain[] sites = [.. _mixing.Select(site => Gain($"layers.{site.Key / 2}.{(site.Key % 2 == 0 ? "attn" : "mlp")}", site.Value))];
        SiteGain composite = Gain("composite", product);
        return new(step, sites, composite.Forward, composite.Backward);
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.OnMixing = null;

    private void Record(int site, Tensor mixing) // [B,S,n,n]
    {
        using var scope = NewDisposeScope();
        int n = (int)mixing.shape[3];
        Tensor some = mixing.detach().reshape(-1, n, n);
        some = some.narrow(0, 0, Math.Min(Tokens, some.shape[0])).to(CPU).contiguous();
        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(some.bytes);
        var matrices = new double[some.shape[0]][,];
        for (int t = 0; t < matrices.Length; t++)
        {
            matrices[t] = new double[n, n];
            for (int i = 0; i < n * n; i++)
                matrices[t][i / n, i % n] = values[(t * n * n) + i];
        }
        _mixing[site] = matrices;
    }

    /// <summary>Largest absolute row sum (forward) and column sum (backward), each averaged over the tokens.</summary>
    private static SiteGain Gain(string site, double[][,] matrices)
    {
        double forward = 0, backward = 0;
        foreach (double[,] matrix in matrices)
        {
            int n = matrix.GetLength(0);
            double row = 0, column = 0;
            for (int i = 0; i < n; i++)
            {
                double rowSum = 0, columnSum = 0;
                for (int j = 0; j < n; j++)
                {
                    rowSum += Math.Abs(matrix[i, j]);
                    columnSum += Math.Abs(matrix[j, i]);
                }
                (row, column) = (Math.Max(row, rowSum), Math.Max(column, columnSum));
            }
            (forward, backward) = (forward + row, backward + column);
        }
        return new(site, forward / matrices.Length, backward / matrices.Length);
    }

    private static double[,] Multiply(double[,] left, double[,] right)
    {
        int n = left.GetLength(0);
        double[,] product = new double[n, n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                for (int k = 0; k < n; k++)
                    product[i, j] += left[i, k] * right[k, j];
        return product;
    }
}
