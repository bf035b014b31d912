using MhcPipeline.Export.Folding;
using MhcPipeline.Export.Tests.Reference;

namespace MhcPipeline.Export.Tests.Mixing;

/// <summary>Largest error of a site's graph against the double-precision reference, as a part of the largest value.</summary>
internal static class SiteErrors
{
    /// <summary>The larger of the errors without folds and with those of a site alone.</summary>
    public static double Largest(SiteCase site) => Math.Max(Largest(site, FoldSet.None), Largest(site, FoldSet.All.Without("equal-streams").Without("static-coefficients")));

    private static double Largest(SiteCase site, FoldSet folds)
    {
        var actual = SiteGraph.Run(site, folds);
        var mixing = new ReferenceMixing(site.Streams, site.Hidden, site.Iterations, site.Eps, normEps: 1e-6);
        double[][] outputs = [.. site.SublayerOutput.Chunk(site.Hidden).Select(Doubles)];
        List<double> input = [], streams = [], head = [];
        foreach ((double[] token, double[] output) in site.Input.Chunk(site.Streams * site.Hidden).Select(Doubles).Zip(outputs))
        {
            (double[] pre, double[] post, double[,] comb) = mixing.Coefficients(token, site.Fn, site.Base, site.Scale);
            input.AddRange(mixing.WeightedSum(pre, token));
            streams.AddRange(mixing.Leave(token, post, comb, output));
            head.AddRange(mixing.WeightedSum(mixing.Head(token, site.HeadFn, site.HeadBase, site.LogitScale), token));
        }
        return Math.Max(Relative(actual.SublayerInput, input), Math.Max(Relative(actual.StreamsOut, streams), Relative(actual.HeadOutput, head)));
    }

    private static double Relative(float[] actual, List<double> expected)
    {
        double largest = 0;
        for (int i = 0; i < expected.Count; i++)
        {
            double error = Math.Abs(actual[i] - expected[i]);
            largest = double.IsNaN(error) ? double.PositiveInfinity : Math.Max(largest, error);
        }
        return largest / expected.Max(Math.Abs);
    }

    private static double[] Doubles(float[] values) => [.. values.Select(value => (double)value)];
}
