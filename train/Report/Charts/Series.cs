namespace MhcPipeline.Train.Report.Charts;

/// <summary>One line of a chart.</summary>
/// <param name="Name">In legend and tooltip.</param>
/// <param name="Look">CSS class that decides colour and stroke: <c>a</c>, <c>b</c>, <c>faint</c>, with <c>dots</c> for marks at the points.</param>
/// <param name="Points">By x, ascending; points that are not finite leave a gap.</param>
internal sealed record Series(string Name, string Look, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>At most <paramref name="most"/> points: means of equal stretches, so that nothing of the curve's course is lost.</summary>
    internal Series Thin(int most)
    {
        if (Points.Count <= most)
            return this;
        List<(double, double)> thin = new(most);
        for (int bin = 0; bin < most; bin++)
        {
            int from = (int)((long)bin * Points.Count / most), to = (int)((bin + 1L) * Points.Count / most);
            double x = 0, y = 0;
            for (int i = from; i < to; i++)
            {
                x += Points[i].X;
                y += Points[i].Y;
            }
            thin.Add((Math.Round(x / (to - from)), y / (to - from)));
        }
        return this with { Points = thin };
    }

    /// <summary>The exponentially weighted mean over about a fiftieth of the points, unbiased at the start.</summary>
    internal Series Smooth(string name, string look)
    {
        double keep = 1 - (1 / Math.Max(1, Points.Count / 50.0)), weight = 0, sum = 0;
        List<(double, double)> smooth = new(Points.Count);
        foreach ((double x, double y) in Points)
        {
            if (double.IsFinite(y))
                (weight, sum) = ((keep * weight) + 1, (keep * sum) + y);
            smooth.Add((x, double.IsFinite(y) ? sum / weight : double.NaN));
        }
        return new Series(name, look, smooth);
    }
}
