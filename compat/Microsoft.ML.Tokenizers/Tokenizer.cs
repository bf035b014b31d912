namespace Microsoft.ML.Tokenizers;

/// <summary>Turns text into token ids and back.</summary>
public abstract class Tokenizer
{
    public virtual PreTokenizer? PreTokenizer => null;

    public virtual Normalizer? Normalizer => null;

    public IReadOnlyList<int> EncodeToIds(string text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        EncodeToIds(text, text.AsSpan(), Settings(considerPreTokenization, considerNormalization)).Tokens;

    public IReadOnlyList<int> EncodeToIds(ReadOnlySpan<char> text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        EncodeToIds(null, text, Settings(considerPreTokenization, considerNormalization)).Tokens;

    public IReadOnlyList<int> EncodeToIds(string text, int maxTokenCount, out string? normalizedText, out int charsConsumed, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Unpack(EncodeToIds(text, text.AsSpan(), Settings(considerPreTokenization, considerNormalization, maxTokenCount)), out normalizedText, out charsConsumed);

    public IReadOnlyList<int> EncodeToIds(ReadOnlySpan<char> text, int maxTokenCount, out string? normalizedText, out int charsConsumed, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Unpack(EncodeToIds(null, text, Settings(considerPreTokenization, considerNormalization, maxTokenCount)), out normalizedText, out charsConsumed);

    public IReadOnlyList<EncodedToken> EncodeToTokens(string text, out string? normalizedText, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Unpack(EncodeToTokens(text, text.AsSpan(), Settings(considerPreTokenization, considerNormalization)), out normalizedText, out _);

    public IReadOnlyList<EncodedToken> EncodeToTokens(ReadOnlySpan<char> text, out string? normalizedText, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Unpack(EncodeToTokens(null, text, Settings(considerPreTokenization, considerNormalization)), out normalizedText, out _);

    public int CountTokens(string text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        CountTokens(text, text.AsSpan(), Settings(considerPreTokenization, considerNormalization));

    public int CountTokens(ReadOnlySpan<char> text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        CountTokens(null, text, Settings(considerPreTokenization, considerNormalization));

    public abstract string Decode(IEnumerable<int> ids);

    protected abstract EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings);

    protected virtual EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        EncodeResults<EncodedToken> result = EncodeToTokens(text, textSpan, settings);
        return new EncodeResults<int>
        {
            Tokens = result.Tokens.Select(token => token.Id).ToArray(),
            NormalizedText = result.NormalizedText,
            CharsConsumed = result.CharsConsumed,
        };
    }

    protected virtual int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings) =>
        EncodeToTokens(text, textSpan, settings).Tokens.Count;

    private static EncodeSettings Settings(bool preTokenize, bool normalize, int maxTokenCount = int.MaxValue) =>
        new() { ConsiderPreTokenization = preTokenize, ConsiderNormalization = normalize, MaxTokenCount = maxTokenCount };

    private static IReadOnlyList<T> Unpack<T>(EncodeResults<T> result, out string? normalizedText, out int charsConsumed)
    {
        normalizedText = result.NormalizedText;
        charsConsumed = result.CharsConsumed;
        return result.Tokens;
    }
}
