using System.Globalization;
using MhcPipeline.Tokenization.Pieces;
using MhcPipeline.Tokenization.Training;

namespace MhcPipeline.Tokenization.Tests;

public class WordCounterTests
{
    [Fact]
    public void Counts_pieces()
    {
        IReadOnlyDictionary<string, long> words = Counter(new WordLimits()).Count(["the cat", " the the\n"]);
        Assert.Equal(new Dictionary<string, long> { ["the"] = 1, [" cat"] = 1, [" the"] = 2, ["\n"] = 1 }, words);
    }

    [Fact]
    public void Words_do_not_reach_from_one_text_into_the_next() =>
        Assert.Equal(["ab", "cd"], Counter(new WordLimits()).Count(["ab", "cd"]).Keys.Order());

    [Fact]
    public void The_table_stays_within_its_limits()
    {
        var limits = new WordLimits { SegmentLength = 1000, Words = 50, Characters = 10_000 };
        WordCounter counter = Counter(limits);
        Assert.InRange(counter.Count(RandomText.Lines(1000, seed: 1)).Count, 1, 50);
        Assert.True(counter.Dropped > 0);
    }

    [Fact]
    public void Pruning_keeps_frequent_words_with_their_counts()
    {
        var limits = new WordLimits { SegmentLength = 100, Words = 20, Characters = 10_000 };
        IEnumerable<string> texts = Enumerable.Range(0, 2000).Select(i => $"a {Word(i)}");
        Assert.Equal(2000, Counter(limits).Count(texts)["a"]);
    }

    [Fact]
    public void Long_pieces_are_cut_but_no_surrogate_pair_is()
    {
        string text = "a" + string.Concat(Enumerable.Repeat("𠀀", 100));
        IReadOnlyDictionary<string, long> words = Counter(new WordLimits { WordLength = 10 }).Count([text]);
        Assert.All(words.Keys, word => Assert.InRange(word.Length, 1, 10));
        Assert.All(words.Keys, word => Assert.Equal(word, System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(word))));
        Assert.Equal(text.Length, words.Sum(word => word.Key.Length * word.Value));
    }

    private static WordCounter Counter(WordLimits limits) => new(new PieceSplitter(PiecePattern.Compile(PiecePattern.Text)), 3, limits);

    private static string Word(int number) => string.Concat(number.ToString(CultureInfo.InvariantCulture).Select(digit => (char)('k' + digit - '0')));
}
