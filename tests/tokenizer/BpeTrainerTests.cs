using FsCheck;
using FsCheck.Fluent;
using MhcPipeline.Tokenization.Files;
using MhcPipeline.Tokenization.Training;

namespace MhcPipeline.Tokenization.Tests;

public class BpeTrainerTests
{
    private static readonly Arbitrary<string[]> _fewLetters = Arb.From(
        Gen.ArrayOf(Gen.ArrayOf(Gen.Elements("a", "b", "c", "aa", "ab", "abc", " ", "é", "\n", "1")).Select(string.Concat)));

    [Fact]
    public void Learns_the_merges_of_the_definition() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(_fewLetters, Gen.Choose(1, 40).ToArbitrary(), (texts, tokens) =>
            Train(texts, 259 + tokens, 1).Merges.SequenceEqual(NaiveTrainer.Train(texts, tokens))));

    [Fact]
    public void Learns_the_merges_of_the_definition_from_any_unicode() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Texts.Any, text =>
        {
            string[] texts = [text, text + " " + text];
            return Train(texts, 300, 2).Merges.SequenceEqual(NaiveTrainer.Train(texts, 41));
        }));

    [Fact]
    public void The_number_of_threads_does_not_change_the_result()
    {
        string[] texts = [.. RandomText.Lines(3000, seed: 5)];
        // Small limits, so that many segments are counted and the table is pruned.
        var limits = new WordLimits { SegmentLength = 5000, Words = 400, Characters = 100_000 };
        TokenizerDefinition expected = Train(texts, 600, 1, limits);
        for (int threads = 2; threads <= 4; threads++)
        {
            TokenizerDefinition actual = Train(texts, 600, threads, limits);
            Assert.Equal(expected.Merges, actual.Merges);
            Assert.Equal(expected.Vocabulary, actual.Vocabulary);
        }
    }

    [Fact]
    public void A_larger_vocabulary_begins_with_the_smaller_one()
    {
        string[] texts = [.. RandomText.Lines(500, seed: 6)];
        Assert.Equal(Train(texts, 300, 1).Merges, Train(texts, 400, 1).Merges.Take(41));
    }

    [Fact]
    public void Every_learned_token_is_used_by_the_tokenizer_and_ids_have_no_gaps()
    {
        string[] texts = [.. RandomText.Lines(500, seed: 7)];
        TokenizerDefinition definition = Train(texts, 500, 2);
        Assert.Equal(Enumerable.Range(0, 497), definition.Vocabulary.Values.Order());
        Assert.Equal([497, 498, 499], definition.AddedTokens.Select(token => token.Id));
        TextTokenizer tokenizer = TextTokenizer.Create(definition);
        Assert.Equal(500, tokenizer.VocabSize);
        string text = string.Concat(texts);
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        Assert.True(tokenizer.CountTokens(text) < text.Length / 2);
    }

    [Fact]
    public void A_pair_that_occurs_once_is_no_token() =>
        Assert.Equal(["a b"], Train(["ab ab", "xy"], 300, 1).Merges);

    [Fact]
    public void No_text_gives_bytes_and_special_tokens()
    {
        TokenizerDefinition definition = Train([], 1000, 1);
        Assert.Empty(definition.Merges);
        Assert.Equal(256, definition.Vocabulary.Count);
    }

    [Fact]
    public void Special_token_strings_in_the_text_are_no_special_tokens()
    {
        TokenizerDefinition definition = Train(["<|im_end|><|im_end|>", "<|im_end|> <|im_end|>"], 400, 1);
        Assert.DoesNotContain("<|im_end|>", definition.Vocabulary.Keys);
    }

    [Fact]
    public void A_stopped_training_throws() =>
        Assert.ThrowsAny<OperationCanceledException>(() => new BpeTrainer(400, 2).Train(Endless(), cancel: new CancellationTokenSource(50).Token));

    [Fact]
    public void An_error_of_the_source_comes_out()
    {
        static IEnumerable<string> Broken()
        {
            yield return "text";
            throw new InvalidDataException("broken");
        }
        Assert.Equal("broken", Assert.Throws<InvalidDataException>(() => new BpeTrainer(400, 2).Train(Broken())).Message);
    }

    private static TokenizerDefinition Train(IEnumerable<string> texts, int vocabSize, int threads, WordLimits? limits = null) =>
        new BpeTrainer(vocabSize, threads, limits).Train(texts);

    private static IEnumerable<string> Endless()
    {
        while (true)
            yield return "some text again and again\n";
    }
}
