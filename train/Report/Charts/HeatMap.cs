using System.Globalization;
using System.Text;
using System.Text.Json;
using MhcPipeline.Train.Report.Markup;

namespace MhcPipeline.Train.Report.Charts;

/// <summary>Gains by site (rows, the first layer at the top) and step (columns): one colour above 1, another below, stronger the further.</summary>
internal sealed record HeatMap
{
    private const int MostColumns = 48;
    private const double Left = 96;
    private const double Width = 500;
    private const double Right = 14;

    /// <summary>Deviations of log gain below this look like none: colours should not make much of rounding.</summary>
    private const double LeastScale = 0.01;

    /// <summary>Heading.</summary>
    internal required string Title { get; init; }

    /// <summary>Names of the rows.</summary>
    internal required IReadOnlyList<string> Rows { get; init; }

    /// <summary>A column for each step, with a gain for each row.</summary>
    internal required IReadOnlyList<(long Step, IReadOnlyList<double> Gains)> Columns { get; init; }

    internal string Render()
    {
        StringBuilder html = new();
        html.Append(CultureInfo.InvariantCulture, $"<figure class=\"card\"><figcaption><h3>{Html.Escape(Title)}</h3>");
        (long Step, IReadOnlyList<double> Gains)[] columns = Thin();
        if (columns.Length == 0 || Rows.Count == 0)
            return html.Append("</figcaption><p class=\"empty\">No values yet.</p></figure>\n").ToString();
        double scale = Math.Max(LeastScale, columns.SelectMany(column => column.Gains).Select(Deviation).Max(Math.Abs));
        html.Append(CultureInfo.InvariantCulture, $"<p>Rows are sites by depth, columns are steps. <i class=\"key b\"></i> above 1, <i class=\"key a\"></i> below; full colour is a factor of {Html.Number(Math.Exp(scale))}.</p></figcaption>");

        double cell = Math.Clamp(200.0 / Rows.Count, 5, 18), height = (Rows.Count * cell) + 30, wide = (Width - Left - Right) / columns.Length;
        string data = JsonSerializer.Serialize(new
        {
            left = Left,
            wide,
            cell,
            rows = Rows,
            steps = columns.Select(column => column.Step),
            gains = columns.Select(column => column.Gains.Select(gain => double.IsFinite(gain) ? Math.Round(gain, 5) : (double?)null)),
        });
        html.Append(CultureInfo.InvariantCulture, $"<svg class=\"heat\" viewBox=\"0 0 {Width} {Html.Coordinate(height)}\" role=\"img\" aria-label=\"{Html.Escape(Describe(columns))}\" data-heat=\"{Html.Escape(data)}\">");
        int every = (int)Math.Ceiling(11 / cell);
        for (int row = 0; row < Rows.Count; row++)
        {
            if (row % every == 0)
                html.Append(CultureInfo.InvariantCulture, $"<text class=\"y\" x=\"{Left - 6}\" y=\"{Html.Coordinate((row * cell) + (cell / 2) + 4)}\">{Html.Escape(Rows[row])}</text>");
            for (int column = 0; column < columns.Length; column++)
            {
                double deviation = Deviation(columns[column].Gains[row]);
                html.Append(CultureInfo.InvariantCulture, $"<rect class=\"{(deviation >= 0 ? "b" : "a")}\" x=\"{(Left + (column * wide)):0.##}\" y=\"{Html.Coordinate(row * cell)}\" width=\"{wide + 0.3:0.##}\" height=\"{Html.Coordinate(cell - 1)}\" fill-opacity=\"{0.06 + (0.94 * Math.Abs(deviation) / scale):0.##}\"/>");
            }
        }
        foreach (int column in new[] { 0, columns.Length / 2, columns.Length - 1 }.Distinct())
            html.Append(CultureInfo.InvariantCulture, $"<text class=\"x\" x=\"{Html.Coordinate(Left + ((column + 0.5) * wide))}\" y=\"{Html.Coordinate(height - 8)}\">{columns[column].Step}</text>");
        return html.Append("</svg></figure>\n").ToString();
    }

    private (long Step, IReadOnlyList<double> Gains)[] Thin()
    {
        (long Step, IReadOnlyList<double> Gains)[] whole = [.. Columns.Where(column => column.Gains.Count == Rows.Count)];
        return whole.Length <= MostColumns ? whole : [.. Enumerable.Range(0, MostColumns).Select(i => whole[(int)((long)i * (whole.Length - 1) / (MostColumns - 1))])];
    }

    private string Describe((long Step, IReadOnlyList<double> Gains)[] columns)
    {
        IReadOnlyList<double> last = columns[^1].Gains;
        return $"{Title}: at step {columns[^1].Step} from {Html.Number(last.Min())} to {Html.Number(last.Max())} over {Rows.Count} sites";
    }

    private static double Deviation(double gain) => gain > 0 && double.IsFinite(gain) ? Math.Log(gain) : 0;
}
