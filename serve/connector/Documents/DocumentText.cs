using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MhcPipeline.Connector.Documents;

/// <summary>Looks for values in a document.</summary>
internal sealed partial class DocumentText
{
    private static readonly string[] _dates =
        ["yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "d.M.yyyy", "d.M.yy", "d/M/yyyy", "M/d/yyyy", "d-M-yyyy", "d MMMM yyyy", "d. MMMM yyyy", "d MMM yyyy", "MMMM d yyyy", "MMMM d, yyyy", "MMM d, yyyy"];

    private readonly string _text;
    private readonly HashSet<decimal> _numbers = [];

    public DocumentText(string document)
    {
        _text = Plain(document);
        foreach (Match number in Numbers().Matches(document)) _numbers.UnionWith(Readings(number.Value));
    }

    /// <summary>Whether the document says so; null where there is nothing to look for.</summary>
    public bool? Contains(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.Number => !value.AsValue().TryGetValue(out decimal number) ? false : _numbers.Contains(number) || ContainsWord(value.ToJsonString()),
        JsonValueKind.String => value.GetValue<string>() is var text && string.IsNullOrWhiteSpace(text) ? null : ContainsWord(text) || ContainsDate(text),
        _ => null,
    };

    private bool ContainsWord(string value)
    {
        string word = Plain(value);
        for (int at = _text.IndexOf(word, StringComparison.Ordinal); at >= 0; at = _text.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            if (!GoesOn(at - 1, at) && !GoesOn(at + word.Length - 1, at + word.Length)) return true;
        }
        return false;
    }

    /// <summary>Whether one word or number reaches over the border between two characters.</summary>
    private bool GoesOn(int before, int after) => before >= 0 && after < _text.Length && char.IsLetterOrDigit(_text[before]) && char.IsLetterOrDigit(_text[after]);

    private bool ContainsDate(string value) =>
        DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
        && _dates.Any(format => ContainsWord(date.ToString(format, CultureInfo.InvariantCulture)) || ContainsWord(date.ToString(Padded(format), CultureInfo.InvariantCulture)));

    private static string Padded(string format) => Days().Replace(format, "$0$0");

    /// <summary>What a number may mean: the last dot or comma begins the decimals, or all of them group thousands.</summary>
    private static IEnumerable<decimal> Readings(string number)
    {
        string digits = number.Replace(" ", "", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal).Replace("\u00a0", "", StringComparison.Ordinal);
        int last = digits.LastIndexOfAny(['.', ',']);
        string[] readings = last < 0 ? [digits] : [WithoutMarks(digits), $"{WithoutMarks(digits[..last])}.{digits[(last + 1)..]}"];
        foreach (string reading in readings)
        {
            if (decimal.TryParse(reading, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal value)) yield return value;
        }
    }

    private static string WithoutMarks(string digits) => digits.Replace(".", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal);

    private static string Plain(string text)
    {
        StringBuilder plain = new(text.Length);
        foreach (char c in text.Trim())
        {
            if (!char.IsWhiteSpace(c)) plain.Append(char.ToLowerInvariant(c));
            else if (plain.Length > 0 && plain[^1] != ' ') plain.Append(' ');
        }
        return plain.ToString();
    }

    [GeneratedRegex(@"-?\d+(?:[.,' \u00a0]\d+)*", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"(?<![dM])[dM](?![dM])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Days();
}
