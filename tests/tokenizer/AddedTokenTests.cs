using System.Text.Json;
using System.Text.Json.Nodes;

namespace MhcPipeline.Tokenization.Tests;

/// <summary>
/// Added tokens with all flags. added.jsonl has the tokens in its first line, then in each line [text, [ids]] as Hugging Face's tokenizers
/// gives them with the trained tokenizer.json beside it and these tokens.
/// </summary>
public sealed class AddedTokenTests : IDisposable
{
    private static readonly string _files = Path.Combine(AppContext.BaseDirectory, "huggingface");
    private readonly string _folder = Directory.CreateTempSubdirectory("mhc-added").FullName;
    private readonly string[] _lines = File.ReadAllLines(Path.Combine(_files, "added.jsonl"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Added_tokens_are_found_as_hugging_face_finds_them()
    {
        TextTokenizer tokenizer = Load();
        Assert.True(_lines.Length > 30);
        Assert.All(_lines.Skip(1), line =>
        {
            JsonElement item = JsonElement.Parse(line);
            Assert.Equal(item[1].EnumerateArray().Select(id => id.GetInt32()), tokenizer.EncodeWithSpecialTokens(item[0].GetString()!));
        });
    }

    [Fact]
    public void Text_of_others_makes_added_tokens_only_where_they_are_not_special()
    {
        TextTokenizer tokenizer = Load();
        int[] ids = tokenizer.Encode("<think><mask><|im_end|></think>");
        Assert.Equal(["<think>", "</think>"], ids.Where(tokenizer.IsAdded).Select(id => tokenizer.Decode([id])));
        Assert.Equal("<think><mask><|im_end|></think>", tokenizer.Decode(ids));
        Assert.Equal(ids.Length, tokenizer.CountTokens("<think><mask><|im_end|></think>"));
        Assert.Equal(ids, tokenizer.EncodeBytes("<think><mask><|im_end|></think>"u8));
    }

    [Fact]
    public void The_flags_survive_writing()
    {
        string written = Path.Combine(_folder, "written.json");
        Load();
        Files.TokenizerDefinition definition = Files.TokenizerJsonReader.Read(Path.Combine(_folder, "tokenizer.json"));
        Files.TokenizerJsonWriter.Write(written, definition);
        Assert.Equal(definition.AddedTokens, Files.TokenizerJsonReader.Read(written).AddedTokens);
        Assert.Contains(definition.AddedTokens, token => token is { StripsLeft: true, IsSpecial: true });
    }

    private TextTokenizer Load()
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(_files, "tokenizer.json")))!;
        foreach (JsonNode? token in JsonNode.Parse(_lines[0])!.AsArray())
            json["added_tokens"]!.AsArray().Add(token!.DeepClone());
        File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), json.ToJsonString());
        return TextTokenizer.Load(_folder);
    }
}
