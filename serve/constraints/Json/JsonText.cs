using System.Globalization;
using System.Text;

namespace MhcPipeline.Constraints.Json;

/// <summary>The one spelling that keys and fixed strings have: only what must be escaped is.</summary>
internal static class JsonText
{
    /// <summary>A string with its quotes, as UTF-8.</summary>
    /// <param name="value">The string.</param>
    /// <param name="end">What stands after it.</param>
    public static byte[] Quoted(string value, string end = "")
    {
        var text = new StringBuilder("\"");
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }
        return Encoding.UTF8.GetBytes(text.Append('"').Append(end).ToString());
    }
}
