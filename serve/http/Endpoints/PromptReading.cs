using System.Text.Json;
using MhcPipeline.Serve.Errors;
using MhcPipeline.Tokenization;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>The four forms of a completion's prompt.</summary>
internal static class PromptReading
{
    /// <summary>Token ids of each prompt.</summary>
    public static IReadOnlyList<int[]> Read(JsonElement? prompt, TextTokenizer tokenizer)
    {
        switch (prompt)
        {
            case null or { ValueKind: JsonValueKind.Null }:
                return [Encode("")];
            case { ValueKind: JsonValueKind.String } text:
                return [Encode(text.GetString()!)];
            case { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() > 0:
                JsonElement[] items = [.. list.EnumerateArray()];
                if (items.All(item => item.ValueKind == JsonValueKind.String))
                {
                    return [.. items.Select(item => Encode(item.GetString()!))];
                }
                if (items.All(item => item.ValueKind == JsonValueKind.Number))
                {
                    return [Tokens(items)];
                }
                if (items.All(item => item.ValueKind == JsonValueKind.Array))
                {
                    return [.. items.Select(item => Tokens(item.EnumerateArray()))];
                }
                break;
        }
        throw ApiException.Invalid("'prompt' must be a string, an array of strings, an array of token ids, or an array of arrays of token ids.", "prompt", "invalid_type");

        // A completion's prompt is raw: names of special tokens stand for them, so that a caller may write a chat template out.
        // An empty text is the start of a document, which the end of the one before it marks.
        int[] Encode(string text) => text.Length == 0 ? [tokenizer.EndOfTextId] : tokenizer.EncodeWithSpecialTokens(text);

        static int[] Tokens(IEnumerable<JsonElement> items) =>
            [.. items.Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int id)
                ? id
                : throw ApiException.Invalid("'prompt' has a token that is not an integer.", "prompt", "invalid_type"))];
    }
}
