using System.Text.Json;

namespace MhcPipeline.Tokenization.Tests;

/// <summary>
/// Texts of all kinds with the ids that Hugging Face's tokenizers 0.23.2 gives them, from a tokenizer.json that this project trained
/// (smoke preset). Each line of cases.jsonl is [text, [ids]].
/// </summary>
public class HuggingFaceTests
{
    private static readonly TextTokenizer _tokenizer = TextTokenizer.Load(Path.Combine(AppContext.BaseDirectory, "huggingface"));

    public static IEnumerable<(string Text, int[] Ids)> Cases => File.ReadLines(Path.Combine(AppContext.BaseDirectory, "huggingface", "cases.jsonl"))
        .Select(line => JsonDocument.Parse(line).RootElement)
        .Select(item => (item[0].GetString()!, item[1].EnumerateArray().Select(id => id.GetInt32()).ToArray()));

    [Fact]
    public void Texts_have_the_ids_that_hugging_face_gives_them()
    {
        Assert.NotEmpty(Cases);
        Assert.All(Cases, item => Assert.Equal(item.Ids, _tokenizer.Encode(item.Text)));
    }

    [Fact]
    public void Hugging_faces_ids_decode_to_the_texts() => Assert.All(Cases, item => Assert.Equal(item.Text, _tokenizer.Decode(item.Ids)));
}
