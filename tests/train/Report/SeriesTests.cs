using MhcPipeline.Train.Report.Charts;
using Xunit;

namespace MhcPipeline.Train.Tests.Report;

public class SeriesTests
{
    [Fact]
    public void Thinning_keeps_the_mean()
    {
        Series line = new("", "", [.. Enumerable.Range(0, 1000).Select(i => ((double)i, (double)(i % 10)))]);
        Series thin = line.Thin(100);
        Assert.Equal(100, thin.Points.Count);
        Assert.All(thin.Points, point => Assert.Equal(4.5, point.Y));
    }

    [Fact]
    public void Smoothing_does_not_lag_behind_a_slope()
    {
        Series line = new("", "", [.. Enumerable.Range(0, 1000).Select(i => ((double)i, 1000.0 - i))]);
        Assert.All(line.Smooth("", "").Points.SkipLast(10), point => Assert.Equal(1000 - point.X, point.Y, 9));
    }

    [Fact]
    public void One_huge_value_does_not_spoil_what_comes_after_its_window()
    {
        Series line = new("", "", [.. Enumerable.Range(0, 1000).Select(i => ((double)i, i == 500 ? 1e300 : 2.0))]);
        Assert.All(line.Smooth("", "").Points.Skip(520), point => Assert.Equal(2, point.Y));
    }

    [Theory]
    [InlineData(new[] { 3.0 })]
    [InlineData(new[] { 0.0, 0 })]
    [InlineData(new[] { 1.0, 1.0000001 })]
    [InlineData(new[] { -5.0, 1e9 })]
    [InlineData(new[] { double.NaN })]
    [InlineData(new[] { 1e-300, 2e-300 })]
    public void An_axis_holds_its_values_between_a_few_marks(double[] values)
    {
        Axis axis = Axis.Around(values, 5);
        double room = axis.Step * 1e-6;
        Assert.All(values.Where(double.IsFinite), value => Assert.InRange(value, axis.Low - room, axis.High + room));
        Assert.InRange(axis.Ticks.Count(), 2, 12);
    }
}
