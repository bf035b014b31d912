using System.Text.Json;
using MhcPipeline.Serve.Errors;
using MhcPipeline.Tokenization;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>The four forms of a completion's prompt. Its text is raw: names of special tokens stand for them, so that a caller may write a chat template out.</summary>
internal static class PromptReading
{
    /// <summary>Token ids of each prompt.</summary>
    public static IReadOnlyList<int[]> Read(JsonElement? prompt, TextTokenizer tokenizer)
    {
        switch (prompt)
        {
            case null or { ValueKind: JsonValueKind.Null }:
                return [tokenizer.EncodePrompt("")];
            case { ValueKind: JsonValueKind.String } text:
                return [tokenizer.EncodePrompt(text.GetString()!)];
            case { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() > 0:
                JsonElement[] items = [.. list.EnumerateArray()];
                if (items.All(item => item.ValueKind == JsonValueKind.String))
                {
                    return [.. items.Select(item => tokenizer.EncodePrompt(item.GetString()!))];
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

        static int[] Tokens(IEnumerable<JsonElement> items) =>
            [.. items.Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int id)
                ? id
                : throw ApiException.Invalid("'prompt' has a token that is not an integer.", "prompt", "invalid_type"))];
    }
}
