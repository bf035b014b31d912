using MhcPipeline.Constraints.Vocabularies;
using MhcPipeline.Tokenization;

namespace MhcPipeline.Engine.Sampling;

/// <summary>A tokenizer's tokens, as constraints see them.</summary>
internal static class TokenVocabulary
{
    /// <summary>Special tokens have no text: no constraint allows them, but for those that end an answer.</summary>
    public static Vocabulary Of(TextTokenizer tokenizer, int usable, IReadOnlyCollection<int> endTokens) => new(
        [.. Enumerable.Range(0, usable).Select(id => tokenizer.IsSpecial(id) ? default : tokenizer.TokenBytes(id))],
        [.. endTokens.Where(id => id < usable)]);
}
