using System.Globalization;
using System.Net;
using System.Text;

namespace MhcPipeline.Study.Report;

/// <summary>A drawing in a file of its own that is readable on light and dark pages: its colours follow the reader's preference.</summary>
/// <param name="title">Shown at the top, and read to those who do not see it.</param>
/// <param name="width">In pixels.</param>
/// <param name="height">In pixels.</param>
internal sealed class SvgPage(string title, double width, double height)
{
    // Six hues that differ in lightness too, for either background.
    private const string Style = """
        text{font:12px system-ui,"Segoe UI",Roboto,Arial,sans-serif;fill:#5d6878}
        .title{font-size:14px;font-weight:600;fill:#1b2330}
        .page{fill:#fff}.grid{stroke:#e3e7ed;fill:none}.line{fill:none;stroke-width:2;stroke-linejoin:round}.mean{stroke-width:3}
        .end{text-anchor:end}.middle{text-anchor:middle}
        .c0{--c:#5d6878}.c1{--c:#a3adba}.c2{--c:#c2570c}.c3{--c:#1f6feb}.c4{--c:#1a7f4b}.c5{--c:#9a3fd0}
        .line,.mean{stroke:var(--c)}.dot{fill:var(--c)}
        @media (prefers-color-scheme:dark){text{fill:#98a4b5}.title{fill:#e6ebf2}.page{fill:#171e28}.grid{stroke:#2a3441}
        .c0{--c:#98a4b5}.c1{--c:#667385}.c2{--c:#ffa657}.c3{--c:#6cb0ff}.c4{--c:#56d364}.c5{--c:#d2a8ff}}
        """;

    private readonly StringBuilder _content = new();

    /// <summary>How many colours there are.</summary>
    public const int Colours = 6;

    /// <summary>A path.</summary>
    /// <param name="look">CSS classes.</param>
    /// <param name="data">The path's d.</param>
    public void Path(string look, string data) => _content.Append($"<path class=\"{look}\" d=\"{data}\"/>\n");

    /// <summary>A filled circle.</summary>
    public void Dot(int colour, double x, double y, double radius = 4) => _content.Append(CultureInfo.InvariantCulture, $"<circle class=\"dot c{colour}\" cx=\"{Number(x)}\" cy=\"{Number(y)}\" r=\"{Number(radius)}\"/>\n");

    /// <summary>Words.</summary>
    /// <param name="x">Where they begin, end or have their middle.</param>
    /// <param name="y">The base line.</param>
    /// <param name="words">The text.</param>
    /// <param name="look">CSS class: <c>end</c>, <c>middle</c>, <c>title</c> or none.</param>
    public void Text(double x, double y, string words, string look = "") =>
        _content.Append($"<text x=\"{Number(x)}\" y=\"{Number(y)}\"{(look.Length > 0 ? $" class=\"{look}\"" : "")}>{WebUtility.HtmlEncode(words)}</text>\n");

    /// <summary>The file's content.</summary>
    public override string ToString() =>
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Number(width)} {Number(height)}\" width=\"{Number(width)}\" height=\"{Number(height)}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">\n"
        + $"<style>{Style}</style>\n<rect class=\"page\" width=\"100%\" height=\"100%\" rx=\"8\"/>\n<text class=\"title\" x=\"16\" y=\"24\">{WebUtility.HtmlEncode(title)}</text>\n{_content}</svg>\n";

    /// <summary>A coordinate, to a tenth of a pixel.</summary>
    public static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
