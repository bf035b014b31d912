using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MhcPipeline.Connector.Documents;

/// <summary>Whole numbers as .NET reads them: JSON Schema's integers may be spelt 1.0, 1e2 or -0, which System.Text.Json takes for no int.</summary>
internal static class PlainNumbers
{
    /// <summary>The same JSON, its whole numbers as digits alone.</summary>
    public static string Of(string json)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        StringBuilder plain = new();
        int copied = 0;
        foreach (AnswerValue value in AnswerValue.Read(bytes))
        {
            if (value.Value?.GetValueKind() is not JsonValueKind.Number || !value.Value.AsValue().TryGetValue(out decimal number) || number != decimal.Truncate(number)) continue;
            plain.Append(Encoding.UTF8.GetString(bytes[copied..value.Start])).Append((number == 0 ? 0 : number).ToString("0", CultureInfo.InvariantCulture));
            copied = value.End;
        }
        return plain.Append(Encoding.UTF8.GetString(bytes[copied..])).ToString();
    }
}
