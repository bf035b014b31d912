using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using MhcPipeline.Core;
using MhcPipeline.Tokenization.Files;
using MhcPipeline.Tokenization.Pieces;
using MhcPipeline.Tokenization.Training;

namespace MhcPipeline.Tokenization.Tests;

public sealed class TokenizerJsonTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mhc-tokenizer").FullName;

    private string Json => Path.Combine(_folder, "tokenizer.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_written_is_read()
    {
        TokenizerDefinition written = new BpeTrainer(400, 2).Train(RandomText.Lines(300, seed: 1));
        TokenizerJsonWriter.Write(Json, written);
        TokenizerDefinition read = TokenizerJsonReader.Read(Json);
        Assert.Equal(written.Vocabulary, read.Vocabulary);
        Assert.Equal(written.Merges, read.Merges);
        Assert.Equal(written.AddedTokens, read.AddedTokens);
        Assert.Equal(written.Pattern, read.Pattern);
    }

    [Fact]
    public void A_tokenizer_from_a_file_encodes_as_the_one_that_was_written()
    {
        TokenizerDefinition definition = new BpeTrainer(400, 2).Train(RandomText.Lines(300, seed: 1));
        TextTokenizer written = TextTokenizer.Create(definition);
        TokenizerJsonWriter.Write(Json, definition);
        TextTokenizer read = TextTokenizer.Load(_folder);
        Check.QuickThrowOnFailure(Prop.ForAll(Texts.Any, text => read.Encode(text).SequenceEqual(written.Encode(text))));
    }

    [Fact]
    public void The_file_has_hugging_faces_fields()
    {
        TokenizerJsonWriter.Write(Json, SmallTokenizer.Define("t h"));
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Json));
        JsonElement root = document.RootElement;
        Assert.Equal("1.0", root.GetProperty("version").GetString());
        Assert.Equal("BPE", root.GetProperty("model").GetProperty("type").GetString());
        Assert.Equal(256, root.GetProperty("model").GetProperty("vocab").GetProperty("th").GetInt32());
        Assert.Equal("t h", root.GetProperty("model").GetProperty("merges")[0].GetString());
        Assert.Equal("ByteLevel", root.GetProperty("decoder").GetProperty("type").GetString());
        JsonElement steps = root.GetProperty("pre_tokenizer").GetProperty("pretokenizers");
        Assert.Equal(PiecePattern.Text, steps[0].GetProperty("pattern").GetProperty("Regex").GetString());
        Assert.False(steps[1].GetProperty("use_regex").GetBoolean());
        Assert.Equal(SpecialTokens.All, root.GetProperty("added_tokens").EnumerateArray().Select(token => token.GetProperty("content").GetString()));
        Assert.All(root.GetProperty("added_tokens").EnumerateArray(), token => Assert.True(token.GetProperty("special").GetBoolean()));
    }

    [Fact]
    public void Merges_may_be_pairs()
    {
        TextTokenizer tokenizer = Load(root => root["model"]!["merges"] = new JsonArray(new JsonArray("t", "h"), new JsonArray("th", "e")));
        Assert.Equal([257], tokenizer.Encode("the"));
    }

    [Fact]
    public void A_gpt2_file_splits_as_gpt2_does()
    {
        TextTokenizer tokenizer = Load(root =>
        {
            root["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true };
            root["model"]!["vocab"] = Vocabulary("th", "the", "12", "1234", "34");
            root["model"]!["merges"] = new JsonArray("t h", "th e", "1 2", "3 4", "12 34");
            root["added_tokens"] = new JsonArray(new JsonObject { ["id"] = 300, ["content"] = "<|endoftext|>", ["special"] = true });
        });
        Assert.Equal([259], tokenizer.Encode("1234"));
        Assert.Equal(300, tokenizer.EndOfTextId);
        Assert.Equal(301, tokenizer.VocabSize);
        Assert.False(tokenizer.SupportsChat);
        Assert.Contains("<|im_start|>", Assert.Throws<PipelineException>(() => tokenizer.ImStartId).Message);
    }

    [Fact]
    public void With_ignore_merges_a_piece_that_is_a_token_is_that_token()
    {
        TextTokenizer tokenizer = Load(root =>
        {
            root["model"]!["ignore_merges"] = true;
            root["model"]!["vocab"] = Vocabulary("th", "the", "Ġcat");
            root["added_tokens"] = new JsonArray();
        });
        Assert.Equal([258], tokenizer.Encode(" cat"));
        Assert.Equal([258, ' ', 'd', 'o', 'g'], tokenizer.Encode(" cat dog"));
        Assert.Equal(" cat the", tokenizer.Decode(tokenizer.Encode(" cat the")));
    }

    [Fact]
    public void The_end_of_text_of_another_tokenizer_is_its_eos_token()
    {
        File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"), """{"eos_token": {"content": "<eos>"}}""");
        TextTokenizer tokenizer = Load(root => root["added_tokens"] = new JsonArray(new JsonObject { ["id"] = 258, ["content"] = "<eos>", ["special"] = true }));
        Assert.Equal(258, tokenizer.EndOfTextId);
    }

    [Fact]
    public void Added_tokens_may_be_in_the_vocabulary_too() =>
        Assert.Equal(258, Load(root => root["model"]!["vocab"]!["<|endoftext|>"] = 258).EndOfTextId);

    [Fact]
    public void A_missing_file_names_the_command() =>
        Assert.Contains("make tokenizer", Assert.Throws<PipelineException>(() => TextTokenizer.Load(Path.Combine(_folder, "none"))).Message);

    [Fact]
    public void A_truncated_file_is_refused_wherever_it_ends()
    {
        TokenizerJsonWriter.Write(Json, SmallTokenizer.Define("t h"));
        byte[] whole = File.ReadAllBytes(Json);
        for (int length = 0; length < whole.Length - 2; length += 97)
        {
            File.WriteAllBytes(Json, whole[..length]);
            Assert.Contains(Json, Assert.Throws<PipelineException>(() => TextTokenizer.Load(_folder)).Message);
        }
    }

    public static TheoryData<string, string> Damages => new()
    {
        { """/model=null""", "\"model\"" },
        { """/model/type="WordPiece" """, "WordPiece" },
        { """/model/vocab=[]""", "\"vocab\"" },
        { """/model/vocab/th=-4""", "-4" },
        { """/model/vocab/th="x" """, "\"x\"" },
        { """/model/vocab/th=99999999999""", "99999999999" },
        { """/model/vocab/th=2000000000""", "2000000000" },
        { """/model/vocab/th=65""", "65" },
        { """/model/merges=["t q"]""", "\"tq\"" },
        { """/model/merges=["日本 t"]""", "日本" },
        { """/model/merges=["th"]""", "not two tokens" },
        { """/model/merges=["t  h"]""", "not two tokens" },
        { """/model/merges=[["t"]]""", "not two tokens" },
        { """/model/merges=[7]""", "not two tokens" },
        { """/model/merges=["t h","t h"]""", "repeats" },
        { """/model/byte_fallback=true""", "byte_fallback" },
        { """/model/end_of_word_suffix="</w>" """, "end_of_word_suffix" },
        { """/normalizer={"type":"NFC"}""", "NFC" },
        { """/pre_tokenizer=null""", "pre_tokenizer" },
        { """/pre_tokenizer={"type":"Whitespace"}""", "Whitespace" },
        { """/pre_tokenizer={"type":"ByteLevel","add_prefix_space":true}""", "add_prefix_space" },
        { """/pre_tokenizer/pretokenizers/0/pattern/Regex="(" """, "pattern" },
        { """/pre_tokenizer/pretokenizers/0/behavior="Removed" """, "Isolated" },
        { """/added_tokens={}""", "added_tokens" },
        { """/added_tokens/0/id=65""", "65" },
        { """/added_tokens/0/id=-1""", "id" },
        { """/added_tokens/0/content="" """, "content" },
        { """/added_tokens/1/content="<|endoftext|>" """, "repeats" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_file_is_refused_with_what_is_wrong(string damage, string named)
    {
        string[] parts = damage.Split('=', 2);
        string[] path = parts[0].Split('/')[1..];
        PipelineException error = Assert.Throws<PipelineException>(() => Load(root =>
        {
            JsonNode parent = path[..^1].Aggregate((JsonNode)root, (node, name) => node is JsonArray list ? list[int.Parse(name, CultureInfo.InvariantCulture)]! : node[name]!);
            if (parent is JsonArray array)
                array[int.Parse(path[^1], CultureInfo.InvariantCulture)] = JsonNode.Parse(parts[1]);
            else
                parent[path[^1]] = JsonNode.Parse(parts[1]);
        }));
        Assert.Contains(Json, error.Message);
        Assert.Contains(named, error.Message);
    }

    [Fact]
    public void A_vocabulary_without_all_bytes_is_refused() =>
        Assert.Contains("byte 65", Assert.Throws<PipelineException>(() => Load(root => ((JsonObject)root["model"]!["vocab"]!).Remove("A"))).Message);

    [Fact]
    public void A_token_that_is_there_twice_is_refused()
    {
        TokenizerJsonWriter.Write(Json, SmallTokenizer.Define("t h"));
        File.WriteAllText(Json, File.ReadAllText(Json).Replace("\"th\": 256", "\"th\": 256, \"th\": 777", StringComparison.Ordinal));
        Assert.Contains("twice", Assert.Throws<PipelineException>(() => TextTokenizer.Load(_folder)).Message);
    }

    /// <summary>A small tokenizer's file, changed.</summary>
    private TextTokenizer Load(Action<JsonObject> change)
    {
        TokenizerJsonWriter.Write(Json, SmallTokenizer.Define("t h", "th e"));
        var root = (JsonObject)JsonNode.Parse(File.ReadAllText(Json))!;
        change(root);
        File.WriteAllText(Json, root.ToJsonString());
        return TextTokenizer.Load(_folder);
    }

    private static JsonObject Vocabulary(params string[] tokens)
    {
        var vocabulary = new JsonObject();
        for (int b = 0; b < 256; b++)
            vocabulary[ByteAlphabet.CharOf((byte)b).ToString()] = b;
        foreach (string token in tokens)
            vocabulary[token] = vocabulary.Count;
        return vocabulary;
    }
}
