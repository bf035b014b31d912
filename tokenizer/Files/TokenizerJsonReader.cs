using System.Text.Json;
using System.Text.RegularExpressions;
using MhcPipeline.Core;
using MhcPipeline.Tokenization.Pieces;

namespace MhcPipeline.Tokenization.Files;

/// <summary>Reads Hugging Face's tokenizer.json where it holds a byte-level BPE, ours or another's (GPT-2, Llama 3), and checks it through.</summary>
public static class TokenizerJsonReader
{
    // Largest vocabularies in use have about 260,000 tokens; the bound keeps a wrong id from allocating gigabytes.
    private const int MaxId = 1 << 22;

    /// <summary>Reads a file.</summary>
    /// <exception cref="PipelineException">It cannot be read, is not JSON, or is not a byte-level BPE that is whole and consistent.</exception>
    public static TokenizerDefinition Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            using JsonDocument document = JsonDocument.Parse(stream);
            return Read(path, document.RootElement);
        }
        catch (JsonException e)
        {
            throw Error(path, $"it is not valid JSON, or cut short ({e.Message.TrimEnd('.')})", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private static TokenizerDefinition Read(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw Error(path, "the file is not a JSON object");
        JsonElement model = Property(path, root, "model", JsonValueKind.Object);
        CheckModel(path, root, model);
        Dictionary<string, int> vocabulary = ReadVocabulary(path, Property(path, model, "vocab", JsonValueKind.Object));
        return new TokenizerDefinition
        {
            Vocabulary = vocabulary,
            Merges = ReadMerges(path, Property(path, model, "merges", JsonValueKind.Array), vocabulary),
            AddedTokens = ReadAddedTokens(path, root, vocabulary),
            Pattern = ReadPattern(path, root),
            IgnoreMerges = Flag(model, "ignore_merges", false),
        };
    }

    private static void CheckModel(string path, JsonElement root, JsonElement model)
    {
        if (Text(model, "type") is { } type && type != "BPE")
            throw Error(path, $"model.type is \"{type}\"; only BPE is supported");
        if (Flag(model, "byte_fallback", false))
            throw Error(path, "model.byte_fallback is true; only byte-level BPE is supported");
        foreach (string affix in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (Text(model, affix) is { Length: > 0 } value)
                throw Error(path, $"model.{affix} is \"{value}\"; byte-level BPE has none");
        }
        if (root.TryGetProperty("normalizer", out JsonElement normalizer) && normalizer.ValueKind != JsonValueKind.Null)
            throw Error(path, $"normalizer is {Text(normalizer, "type") ?? "set"}; only tokenizers that take text as it is are supported");
    }

    private static Dictionary<string, int> ReadVocabulary(string path, JsonElement vocab)
    {
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        var tokenOf = new Dictionary<int, string>();
        foreach (JsonProperty entry in vocab.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out int id) || id is < 0 or > MaxId)
                throw Error(path, $"model.vocab gives \"{entry.Name}\" the id {entry.Value.GetRawText()}; ids are whole numbers from 0 to {MaxId}");
            if (!tokenOf.TryAdd(id, entry.Name))
                throw Error(path, $"model.vocab gives the id {id} to both \"{tokenOf[id]}\" and \"{entry.Name}\"");
            if (!vocabulary.TryAdd(entry.Name, id))
                throw Error(path, $"model.vocab has \"{entry.Name}\" twice");
        }
        for (int b = 0; b < 256; b++)
        {
            string spelled = ByteAlphabet.CharOf((byte)b).ToString();
            if (!vocabulary.ContainsKey(spelled))
                throw Error(path, $"model.vocab has no token for byte {b} (\"{spelled}\"), so not every text could be encoded");
        }
        return vocabulary;
    }

    private static List<string> ReadMerges(string path, JsonElement list, Dictionary<string, int> vocabulary)
    {
        var merges = new List<string>(list.GetArrayLength());
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonElement item in list.EnumerateArray())
        {
            string where = $"model.merges[{merges.Count}]";
            string[] pair = item.ValueKind switch
            {
                JsonValueKind.String => item.GetString()!.Split(' '),
                JsonValueKind.Array => [.. item.EnumerateArray().Select(part => part.ValueKind == JsonValueKind.String ? part.GetString()! : "")],
                _ => [],
            };
            if (pair.Length != 2 || pair.Any(part => part.Length == 0 || part.Contains(' ')))
                throw Error(path, $"{where} is {item.GetRawText()}, not two tokens");
            foreach (string token in new[] { pair[0], pair[1], pair[0] + pair[1] })
            {
                if (!vocabulary.ContainsKey(token))
                    throw Error(path, $"{where} needs the token \"{token}\", which model.vocab lacks");
            }
            string merge = $"{pair[0]} {pair[1]}";
            if (!seen.Add(merge))
                throw Error(path, $"{where} repeats the merge \"{merge}\"");
            merges.Add(merge);
        }
        return merges;
    }

    private static List<AddedToken> ReadAddedTokens(string path, JsonElement root, Dictionary<string, int> vocabulary)
    {
        var added = new List<AddedToken>();
        if (!root.TryGetProperty("added_tokens", out JsonElement list) || list.ValueKind == JsonValueKind.Null)
            return added;
        if (list.ValueKind != JsonValueKind.Array)
            throw Error(path, "added_tokens is not a list");
        var contentOf = vocabulary.ToDictionary(pair => pair.Value, pair => pair.Key);
        foreach (JsonElement item in list.EnumerateArray())
        {
            string where = $"added_tokens[{added.Count}]";
            string content = Text(item, "content") is { Length: > 0 } text ? text : throw Error(path, $"{where} has no content");
            if (!item.TryGetProperty("id", out JsonElement number) || number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out int id) || id is < 0 or > MaxId)
                throw Error(path, $"{where} has no id from 0 to {MaxId}");
            if (!contentOf.TryAdd(id, content) && contentOf[id] != content)
                throw Error(path, $"{where} gives the id {id} to \"{content}\", but it is \"{contentOf[id]}\"'s");
            if (added.Any(other => other.Content == content))
                throw Error(path, $"{where} repeats \"{content}\"");
            if (vocabulary.TryGetValue(content, out int known) && known != id)
                throw Error(path, $"{where} gives \"{content}\" the id {id}, but model.vocab gives it {known}");
            bool isSpecial = Flag(item, "special", false);
            added.Add(new AddedToken(id, content, isSpecial)
            {
                StripsLeft = Flag(item, "lstrip", false),
                StripsRight = Flag(item, "rstrip", false),
                IsSingleWord = Flag(item, "single_word", false),
                IsNormalized = Flag(item, "normalized", !isSpecial),
            });
        }
        return added;
    }

    /// <summary>The pattern of a ByteLevel pre-tokenizer, alone or after one Split.</summary>
    private static string ReadPattern(string path, JsonElement root)
    {
        JsonElement pre = Property(path, root, "pre_tokenizer", JsonValueKind.Object);
        JsonElement[] steps = Text(pre, "type") == "Sequence" ? [.. Property(path, pre, "pretokenizers", JsonValueKind.Array).EnumerateArray()] : [pre];
        string[] types = [.. steps.Select(step => Text(step, "type") ?? "?")];
        if (types is not ["ByteLevel"] and not ["Split", "ByteLevel"])
            throw Error(path, $"pre_tokenizer is {string.Join(" + ", types)}; supported are ByteLevel and Split + ByteLevel");

        JsonElement byteLevel = steps[^1];
        if (Flag(byteLevel, "add_prefix_space", false))
            throw Error(path, "pre_tokenizer adds a space before the text (add_prefix_space), so text would not come back as it was");
        bool usesGpt2 = Flag(byteLevel, "use_regex", true);
        if (steps.Length == 1)
            return usesGpt2 ? PiecePattern.Gpt2 : @"[\s\S]+";
        if (usesGpt2)
            throw Error(path, "pre_tokenizer splits twice (Split, and ByteLevel with use_regex)");

        JsonElement split = steps[0];
        if (Text(split, "behavior") != "Isolated" || Flag(split, "invert", false))
            throw Error(path, "pre_tokenizer's Split must have the behavior Isolated, not inverted");
        JsonElement pattern = Property(path, split, "pattern", JsonValueKind.Object);
        string text = Text(pattern, "Regex") ?? (Text(pattern, "String") is { } literal ? Regex.Escape(literal) : throw Error(path, "pre_tokenizer's Split has no pattern"));
        try
        {
            PiecePattern.Compile(text);
            return text;
        }
        catch (ArgumentException e)
        {
            throw Error(path, $"pre_tokenizer's pattern is not understood: {e.Message.TrimEnd('.')}", e);
        }
    }

    private static JsonElement Property(string path, JsonElement parent, string name, JsonValueKind kind) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == kind
            ? value
            : throw Error(path, $"it has no \"{name}\" ({(kind == JsonValueKind.Array ? "a list" : "an object")})");

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement parent, string name, bool otherwise) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : otherwise;

    private static PipelineException Error(string path, string what, Exception? inner = null) =>
        new($"{path} is not a usable tokenizer: {what}. Train it again with `make tokenizer`, or copy the whole file again.", inner);
}
