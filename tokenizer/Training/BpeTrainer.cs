using MhcPipeline.Tokenization.Files;
using MhcPipeline.Tokenization.Pieces;

namespace MhcPipeline.Tokenization.Training;

/// <summary>
/// Trains byte-level BPE. The result depends on the texts and the size alone: not on the number of threads, and not on the order in which
/// threads finish.
/// </summary>
/// <remarks>Ids: 0 to 255 the bytes, then the tokens in the order of their merges, last the special tokens.</remarks>
/// <param name="vocabSize">Tokens to make, bytes and special tokens included; a small text yields fewer.</param>
/// <param name="threads">Threads that count words.</param>
/// <param name="limits">What bounds the memory; null for the defaults.</param>
public sealed class BpeTrainer(int vocabSize, int threads, WordLimits? limits = null)
{
    private const int Bytes = 256;

    /// <summary>Smallest vocabulary: the bytes and the special tokens.</summary>
    public static int LeastVocabSize => Bytes + SpecialTokens.All.Count;

    /// <summary>A tokenizer without merges: each byte is a token.</summary>
    public static TokenizerDefinition ByteTokens() => Define([.. Enumerable.Range(0, Bytes).Select(b => new[] { (byte)b })], []);

    /// <summary>Trains on texts.</summary>
    /// <param name="texts">The texts, read once.</param>
    /// <param name="progress">Called now and then, on the calling thread.</param>
    /// <param name="cancel">Stops the training.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public TokenizerDefinition Train(IEnumerable<string> texts, Action<TrainingProgress>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabSize, LeastVocabSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var counter = new WordCounter(new PieceSplitter(PiecePattern.Compile(PiecePattern.Text)), threads, limits);
        var words = new WordTable(counter.Count(texts, done => progress?.Invoke(new TrainingProgress("counting words", done, 0)), cancel));
        return LearnMerges(words, progress, cancel);
    }

    private TokenizerDefinition LearnMerges(WordTable words, Action<TrainingProgress>? progress, CancellationToken cancel)
    {
        var tokens = new List<byte[]>(Enumerable.Range(0, Bytes).Select(b => new[] { (byte)b }));
        var idOf = new Dictionary<string, int>(StringComparer.Ordinal);
        var merges = new List<string>();
        int wanted = vocabSize - SpecialTokens.All.Count;
        var learner = new MergeLearner(words);
        while (tokens.Count < wanted && learner.Next() is { } pair)
        {
            cancel.ThrowIfCancellationRequested();
            string left = ByteAlphabet.Spell(tokens[pair.Left]);
            string right = ByteAlphabet.Spell(tokens[pair.Right]);
            // Two merges can make the same token (a+bc, ab+c): it gets one id.
            if (!idOf.TryGetValue(left + right, out int id))
            {
                idOf.Add(left + right, id = tokens.Count);
                tokens.Add([.. tokens[pair.Left], .. tokens[pair.Right]]);
            }
            merges.Add($"{left} {right}");
            learner.Merge(pair, id);
            if (merges.Count % 64 == 0 || tokens.Count == wanted)
                progress?.Invoke(new TrainingProgress("learning merges", tokens.Count - Bytes, wanted - Bytes));
        }
        return Define(tokens, merges);
    }

    private static TokenizerDefinition Define(IReadOnlyList<byte[]> tokens, IReadOnlyList<string> merges) => new()
    {
        Vocabulary = tokens.Select((token, id) => (Token: ByteAlphabet.Spell(token), Id: id)).ToDictionary(pair => pair.Token, pair => pair.Id, StringComparer.Ordinal),
        Merges = merges,
        AddedTokens = [.. SpecialTokens.All.Select((token, i) => new AddedToken(tokens.Count + i, token, IsSpecial: true))],
        Pattern = PiecePattern.Text,
    };
}
