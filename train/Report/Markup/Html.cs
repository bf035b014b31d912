using System.Globalization;
using System.Net;

namespace MhcPipeline.Train.Report.Markup;

/// <summary>Text and numbers as they stand in the page.</summary>
internal static class Html
{
    /// <summary>Escapes text for elements and quoted attributes; characters that HTML forbids become U+FFFD.</summary>
    internal static string Escape(string text)
    {
        // A sample may hold any character that a model can write: NUL and other controls have no place in HTML.
        string clean = string.Create(text.Length, text, static (target, source) =>
        {
            for (int i = 0; i < target.Length; i++)
                target[i] = source[i] is '\n' or '\r' or '\t' || (!char.IsControl(source[i]) && !IsLoneSurrogate(source, i)) ? source[i] : '\uFFFD';
        });
        return WebUtility.HtmlEncode(clean);
    }

    /// <summary>A number in about four digits, whatever its size.</summary>
    internal static string Number(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "n/a" : value > 0 ? "∞" : "−∞";
        double size = Math.Abs(value);
        string format = size switch
        {
            0 => "0",
            >= 1e7 => "0.##e+0",
            >= 1000 => "#,0",
            >= 100 => "0.#",
            >= 10 => "0.##",
            >= 1e-3 => "0.####",
            _ => "0.##e+0",
        };
        return value.ToString(format, CultureInfo.InvariantCulture).Replace('-', '−').Replace("e−", "e-");
    }

    /// <summary>A coordinate in the drawing, to a tenth of a pixel.</summary>
    internal static string Coordinate(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static bool IsLoneSurrogate(string text, int i) =>
        (char.IsHighSurrogate(text[i]) && (i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])))
        || (char.IsLowSurrogate(text[i]) && (i == 0 || !char.IsHighSurrogate(text[i - 1])));
}
