using System.Text.Json;
using MhcPipeline.Core.Text;
using MhcPipeline.Core;
using MhcPipeline.Data.Files;

namespace MhcPipeline.Data.Formats;

/// <summary>Reads one JSON object a line.</summary>
internal static class JsonLines
{
    internal static IEnumerable<TextItem> Read(ByteLines lines)
    {
        while (true)
        {
            string origin = $"{lines.Path}:{lines.Line}";
            if (!Next(lines, origin, out TextItem? item))
                yield break;
            if (item is not null)
                yield return item;
        }
    }

    /// <summary>Reads a line; the item is null for a blank line or an empty text. False at the end.</summary>
    private static bool Next(ByteLines lines, string origin, out TextItem? item)
    {
        item = null;
        long number = lines.Line;
        if (!lines.TryReadLine(TextSource.MaxJsonLineBytes, out ReadOnlySpan<byte> line))
            return false;
        if (line.Trim(" \t\r"u8).IsEmpty)
            return true;
        string text = StrictUtf8.Decode(line, lines.Path, number);
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            item = Item(document.RootElement, origin);
            return true;
        }
        catch (JsonException e)
        {
            throw new PipelineException($"{origin}: not JSON at byte {e.BytePositionInLine}: {Reason(e)} Each line must be one whole JSON object.", e);
        }
        catch (InvalidOperationException e) // GetString of "\ud800" alone
        {
            throw new PipelineException($"{origin}: a string holds half of a surrogate pair, which is no character.", e);
        }
    }

    private static TextItem? Item(JsonElement line, string origin)
    {
        if (line.ValueKind != JsonValueKind.Object)
            throw new PipelineException($"{origin}: {Kind(line)} where an object with `text` or `messages` should be.");
        if (line.TryGetProperty("messages", out JsonElement messages) && messages.ValueKind != JsonValueKind.Null)
            return new TextItem { Messages = Messages(messages, origin), Origin = origin };
        if (line.TryGetProperty("text", out JsonElement text) && text.ValueKind != JsonValueKind.Null)
        {
            string content = Text(text, origin, "text");
            return content.Length == 0 ? null : new TextItem { Text = content, Origin = origin };
        }
        string fields = string.Join(", ", line.EnumerateObject().Select(field => $"`{field.Name}`").Take(8));
        throw new PipelineException($"{origin}: neither `text` nor `messages` ({(fields.Length == 0 ? "an empty object" : $"fields: {fields}")}). Rename the field that holds the text.");
    }

    private static List<ChatTurn> Messages(JsonElement messages, string origin)
    {
        if (messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0)
            throw new PipelineException($"{origin}: `messages` must be a list of at least one turn.");
        List<ChatTurn> turns = new(messages.GetArrayLength());
        foreach (JsonElement message in messages.EnumerateArray())
        {
            string where = $"messages[{turns.Count}]";
            if (message.ValueKind != JsonValueKind.Object)
                throw new PipelineException($"{origin}: `{where}` is {Kind(message)}; it must be an object with `role` and `content`.");
            if (!message.TryGetProperty("role", out JsonElement role) || role.ValueKind != JsonValueKind.String || !IsRole(role.GetString()!))
                throw new PipelineException($"{origin}: `{where}.role` must be a word such as \"user\" or \"assistant\".");
            if (!message.TryGetProperty("content", out JsonElement content))
                throw new PipelineException($"{origin}: `{where}` has no `content`.");
            turns.Add(new ChatTurn(role.GetString()!, Content(content, origin, $"{where}.content")));
        }
        return turns;
    }

    private static string Content(JsonElement content, string origin, string where)
    {
        if (content.ValueKind != JsonValueKind.Array)
            return Text(content, origin, where);
        List<string> parts = [];
        foreach (JsonElement part in content.EnumerateArray())
        {
            if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("type", out JsonElement type) || type.ValueKind != JsonValueKind.String
                || type.GetString() != "text" || !part.TryGetProperty("text", out JsonElement text))
                throw new PipelineException($"{origin}: `{where}[{parts.Count}]` is not a text part; only {{\"type\": \"text\", \"text\": ...}} is read.");
            parts.Add(Text(text, origin, $"{where}[{parts.Count}].text"));
        }
        return string.Concat(parts);
    }

    private static string Text(JsonElement value, string origin, string where) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw new PipelineException($"{origin}: `{where}` is {Kind(value)}; it must be a string.");

    /// <summary>A role stands in the chat template's header line, so nothing that could end the line may be in it.</summary>
    private static bool IsRole(string role) => role.Length is > 0 and <= 32 && role.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    /// <summary>The parser's reason without the position, which it counts from 0 inside the line.</summary>
    private static string Reason(JsonException e) => e.Message.Split(" LineNumber:")[0];
}
