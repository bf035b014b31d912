using System.Globalization;
using System.Text;
using MhcPipeline.Train.Report.Markup;

namespace MhcPipeline.Train.Report.Charts;

/// <summary>Small square matrices side by side, each a heat map with its numbers where there is room for them.</summary>
internal sealed record MatrixGrid
{
    private const double Width = 1040, LabelHeight = 16, Gap = 16;

    /// <summary>A matrix is at least so wide, for its name.</summary>
    private const double LeastWide = 84;

    /// <summary>A cell that has room for a number.</summary>
    private const double Roomy = 28;

    /// <summary>Heading.</summary>
    internal required string Title { get; init; }

    /// <summary>When the matrices were so.</summary>
    internal required long Step { get; init; }

    /// <summary>Their names and values, row by row.</summary>
    internal required IReadOnlyList<(string Name, IReadOnlyList<double> Values)> Matrices { get; init; }

    internal string Render()
    {
        StringBuilder html = new();
        html.Append(CultureInfo.InvariantCulture, $"<figure class=\"card wide\"><figcaption><h3>{Html.Escape(Title)}</h3>");
        (string Name, IReadOnlyList<double> Values)[] matrices = [.. Matrices.Where(matrix => matrix.Values.Count > 0)];
        if (matrices.Length == 0)
            return html.Append("</figcaption><p class=\"empty\">No values yet.</p></figure>\n").ToString();
        double largest = matrices.SelectMany(matrix => matrix.Values).Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(1).Max();
        int n = (int)Math.Sqrt(matrices.Max(matrix => matrix.Values.Count));
        double cell = matrices.Length <= 24 && n <= 4 ? Roomy : Math.Clamp(Math.Floor(72.0 / n), 6, 18);
        double wide = Math.Max(LeastWide, n * cell) + Gap, high = (n * cell) + LabelHeight + Gap;
        int across = Math.Max(1, (int)((Width + Gap) / wide)), down = (matrices.Length + across - 1) / across;
        html.Append(CultureInfo.InvariantCulture, $"<p>Mean over tokens at step {Step}. Rows are the new streams, columns the old ones: the diagonal is what a stream keeps. <i class=\"key a\"></i> positive, <i class=\"key b\"></i> negative; full colour is {Html.Number(largest)}.</p></figcaption>");
        html.Append(CultureInfo.InvariantCulture, $"<svg class=\"matrices\" viewBox=\"0 0 {Width} {Html.Coordinate(down * high)}\" role=\"img\" aria-label=\"{Html.Escape($"{Title}, {matrices.Length} matrices")}\">");
        for (int i = 0; i < matrices.Length; i++)
            Draw(html, matrices[i], n, cell, largest, i % across * wide, i / across * high);
        return html.Append("</svg></figure>\n").ToString();
    }

    private static void Draw(StringBuilder html, (string Name, IReadOnlyList<double> Values) matrix, int n, double cell, double largest, double left, double top)
    {
        string rows = string.Join("\n", matrix.Values.Chunk(n).Select(row => string.Join("  ", row.Select(Html.Number))));
        html.Append(CultureInfo.InvariantCulture, $"<g><title>{Html.Escape($"{matrix.Name}\n{rows}")}</title><text x=\"{Html.Coordinate(left)}\" y=\"{Html.Coordinate(top + LabelHeight - 5)}\">{Html.Escape(matrix.Name)}</text>");
        for (int i = 0; i < matrix.Values.Count; i++)
        {
            double value = matrix.Values[i], x = left + (i % n * cell), y = top + LabelHeight + (i / n * cell);
            double strength = double.IsFinite(value) && largest > 0 ? Math.Abs(value) / largest : 0;
            html.Append(CultureInfo.InvariantCulture, $"<rect class=\"{(value < 0 ? "b" : "a")}\" x=\"{Html.Coordinate(x)}\" y=\"{Html.Coordinate(y)}\" width=\"{cell - 1}\" height=\"{cell - 1}\" fill-opacity=\"{0.06 + (0.94 * strength):0.##}\"/>");
            if (cell >= Roomy)
                html.Append(CultureInfo.InvariantCulture, $"<text class=\"value{(strength > 0.5 ? " on" : "")}\" x=\"{Html.Coordinate(x + (cell / 2) - 0.5)}\" y=\"{Html.Coordinate(y + (cell / 2) + 3)}\">{Html.Number(Math.Round(value, 2))}</text>");
        }
        html.Append("</g>");
    }
}
