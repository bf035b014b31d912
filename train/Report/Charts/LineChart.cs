using System.Globalization;
using System.Text;
using System.Text.Json;
using MhcPipeline.Train.Report.Markup;

namespace MhcPipeline.Train.Report.Charts;

/// <summary>A line chart as a figure with inline SVG, a legend, and its values for the page's script and as a table.</summary>
internal sealed record LineChart
{
    private const int MostPoints = 600;
    private const int TableRows = 12;
    private const double Left = 58;
    private const double Right = 14;
    private const double Top = 12;
    private const double Bottom = 34;

    /// <summary>Heading.</summary>
    internal required string Title { get; init; }

    /// <summary>What the chart shows and how to read it.</summary>
    internal string Note { get; init; } = "";

    /// <summary>The lines, in drawing order.</summary>
    internal required IReadOnlyList<Series> Lines { get; init; }

    /// <summary>Name of x.</summary>
    internal string XName { get; init; } = "step";

    /// <summary>Names in place of the numbers 0, 1, … of x.</summary>
    internal IReadOnlyList<string>? XLabels { get; init; }

    /// <summary>A value that the y axis has to hold whatever the data, such as 0 or 1.</summary>
    internal double? Include { get; init; }

    /// <summary>Share of the highest values (by count) that may be cut off, so that one spike does not flatten the rest.</summary>
    internal double CutSpikes { get; init; }

    /// <summary>Values of x to draw a vertical line at, with what it says under the pointer.</summary>
    internal IReadOnlyList<(double X, string Text)> Marks { get; init; } = [];

    /// <summary>Twice as wide as others.</summary>
    internal bool IsWide { get; init; }

    internal string Render()
    {
        Series[] lines = [.. Lines.Where(line => line.Points.Any(point => double.IsFinite(point.Y))).Select(line => line.Thin(MostPoints))];
        StringBuilder html = new();
        html.Append(CultureInfo.InvariantCulture, $"<figure class=\"card{(IsWide ? " wide" : "")}\"><figcaption><h3>{Html.Escape(Title)}</h3>");
        if (Note.Length > 0)
            html.Append(CultureInfo.InvariantCulture, $"<p>{Html.Escape(Note)}</p>");
        html.Append("</figcaption>");
        if (lines.Length == 0)
            return html.Append("<p class=\"empty\">No values yet.</p></figure>\n").ToString();
        Legend(html, lines);
        Draw(html, lines);
        Table(html, lines);
        return html.Append("</figure>\n").ToString();
    }

    private static void Legend(StringBuilder html, Series[] lines)
    {
        html.Append("<ul class=\"legend\">");
        foreach (Series line in lines)
            html.Append(CultureInfo.InvariantCulture, $"<li><i class=\"key {line.Look}\"></i>{Html.Escape(line.Name)}</li>");
        html.Append("</ul>");
    }

    private void Draw(StringBuilder html, Series[] lines)
    {
        double width = IsWide ? 1040 : 500, height = IsWide ? 340 : 240;
        Axis x = XLabels is null
            ? Axis.Between(Math.Min(0, Lowest(lines)), lines.Max(line => line.Points[^1].X), IsWide ? 10 : 5)
            : Axis.Between(-0.5, XLabels.Count - 0.5, 1);
        Axis y = Axis.Around(YValues(lines), 5);
        double ToX(double value) => Left + ((value - x.Low) / (x.High - x.Low) * (width - Left - Right));
        double ToY(double value) => height - Bottom - ((Math.Min(value, y.High) - y.Low) / (y.High - y.Low) * (height - Top - Bottom));

        string data = JsonSerializer.Serialize(new
        {
            x = XName,
            labels = XLabels,
            left = Left,
            right = width - Right,
            low = x.Low,
            high = x.High,
            lines = lines.Select(line => new { name = line.Name, look = line.Look, points = line.Points.Where(Finite).Select(p => new[] { p.X, Round(p.Y), Round(ToY(p.Y)) }) }),
        });
        html.Append(CultureInfo.InvariantCulture, $"<svg class=\"chart\" viewBox=\"0 0 {width} {height}\" role=\"img\" tabindex=\"0\" aria-label=\"{Html.Escape(Title + ", " + Describe(lines))}\" data-chart=\"{Html.Escape(data)}\">");
        foreach (double tick in y.Ticks)
            html.Append(CultureInfo.InvariantCulture, $"<path class=\"grid\" d=\"M{Left} {Html.Coordinate(ToY(tick))}H{width - Right}\"/><text class=\"y\" x=\"{Left - 8}\" y=\"{Html.Coordinate(ToY(tick) + 4)}\">{Html.Number(Snap(tick, y.Step))}</text>");
        XTicks(html, x, ToX, height);
        foreach ((double at, string text) in Marks)
            html.Append(CultureInfo.InvariantCulture, $"<path class=\"mark\" d=\"M{Html.Coordinate(ToX(Math.Clamp(at, x.Low, x.High)))} {Top}V{height - Bottom}\"><title>{Html.Escape(text)}</title></path>");
        foreach (Series line in lines)
            Line(html, line, ToX, ToY);
        html.Append(CultureInfo.InvariantCulture, $"<path class=\"cursor\" d=\"M0 {Top}V{height - Bottom}\"/></svg>");
    }

    private void XTicks(StringBuilder html, Axis x, Func<double, double> toX, double height)
    {
        IEnumerable<(double At, string Label)> ticks = XLabels is null
            ? x.Ticks.Select(tick => (tick, Html.Number(Snap(tick, x.Step))))
            : XLabels.Select((label, i) => ((double)i, label)).Where(tick => tick.Item1 % Math.Ceiling(XLabels.Count / (IsWide ? 12.0 : 5.0)) == 0);
        foreach ((double at, string label) in ticks)
            html.Append(CultureInfo.InvariantCulture, $"<text class=\"x\" x=\"{Html.Coordinate(toX(at))}\" y=\"{height - 12}\">{Html.Escape(label)}</text>");
    }

    private static void Line(StringBuilder html, Series line, Func<double, double> toX, Func<double, double> toY)
    {
        html.Append(CultureInfo.InvariantCulture, $"<path class=\"line {line.Look}\" d=\"");
        bool drawing = false;
        foreach ((double x, double y) point in line.Points)
        {
            bool finite = Finite(point);
            if (finite)
                html.Append(drawing ? 'L' : 'M').Append(Html.Coordinate(toX(point.x))).Append(' ').Append(Html.Coordinate(toY(point.y)));
            drawing = finite;
        }
        html.Append("\"/>");
        if (!line.Look.Contains("dots", StringComparison.Ordinal) && line.Points.Count(Finite) > 1)
            return;
        foreach ((double x, double y) in line.Points.Where(Finite))
            html.Append(CultureInfo.InvariantCulture, $"<circle class=\"{line.Look}\" cx=\"{Html.Coordinate(toX(x))}\" cy=\"{Html.Coordinate(toY(y))}\" r=\"3\"/>");
    }

    /// <summary>The same for those who do not see or hover: some rows of every line.</summary>
    private void Table(StringBuilder html, Series[] lines)
    {
        html.Append(CultureInfo.InvariantCulture, $"<details class=\"values\"><summary>Values</summary><div class=\"scroll\"><table><thead><tr><th>line</th><th>{Html.Escape(XName)}</th><th>value</th></tr></thead><tbody>");
        foreach (Series line in lines.Where(line => !line.Look.Contains("faint", StringComparison.Ordinal)))
        {
            (double X, double Y)[] points = [.. line.Points.Where(Finite)];
            int rows = Math.Min(TableRows, points.Length);
            for (int row = 0; row < rows; row++)
            {
                (double x, double y) = points[rows == 1 ? 0 : (int)((long)row * (points.Length - 1) / (rows - 1))];
                html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Html.Escape(line.Name)}</td><td>{(XLabels is null ? Html.Number(x) : Html.Escape(XLabels[(int)x]))}</td><td>{Html.Number(y)}</td></tr>");
            }
        }
        html.Append("</tbody></table></div></details>");
    }

    private IEnumerable<double> YValues(Series[] lines)
    {
        List<double> values = [.. lines.SelectMany(line => line.Points).Select(point => point.Y).Where(double.IsFinite).Order()];
        int keep = Math.Max(1, (int)Math.Ceiling(values.Count * (1 - CutSpikes)));
        return Include is { } include ? values.Take(keep).Append(include) : values.Take(keep);
    }

    private static string Describe(Series[] lines) => string.Join("; ", lines.Select(line =>
    {
        (double X, double Y)[] points = [.. line.Points.Where(Finite)];
        return $"{line.Name} from {Html.Number(points[0].Y)} to {Html.Number(points[^1].Y)}";
    }));

    private static double Lowest(Series[] lines) => lines.Min(line => line.Points[0].X);

    /// <summary>Rounding of i * step leaves tails such as 0.30000000000000004.</summary>
    private static double Snap(double tick, double step) => Math.Abs(tick) < step / 1000 ? 0 : tick;

    private static double Round(double value) => value == 0 ? 0 : double.Parse(value.ToString("G5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static bool Finite((double X, double Y) point) => double.IsFinite(point.Y);
}
