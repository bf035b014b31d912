namespace MhcPipeline.Engine.Model;

/// <summary>
/// A model with a key-value cache of several slots, each holding one sequence. Used from one thread at a time.
/// What a slot holds beyond the tokens that a call counts on is forgotten.
/// </summary>
internal interface ILanguageModel : IDisposable
{
    /// <summary>V, the width of a row of logits.</summary>
    int VocabSize { get; }

    /// <summary>Most tokens that a slot holds.</summary>
    int MaxContext { get; }

    /// <summary>Number of sequences that can be held side by side.</summary>
    int Slots { get; }

    /// <summary>Most tokens that one call of <see cref="Prefill"/> takes.</summary>
    int MaxChunk { get; }

    /// <summary>
    /// Appends a piece of a prompt to a slot that holds <paramref name="past"/> tokens. Returns the logits after its last token, [V], or with
    /// <paramref name="allLogits"/> those after each token, [tokens, V] row-major; valid until the next call.
    /// </summary>
    ReadOnlySpan<float> Prefill(int slot, int past, scoped ReadOnlySpan<int> tokens, bool allLogits);

    /// <summary>
    /// Appends one token to each of the slots 0 to B - 1 in one step, where slot i holds <paramref name="pasts"/>[i] tokens and gets
    /// <paramref name="tokens"/>[i]. Returns the logits after them, [B, V] row-major, valid until the next call.
    /// </summary>
    ReadOnlySpan<float> Decode(scoped ReadOnlySpan<int> tokens, scoped ReadOnlySpan<int> pasts);

    /// <summary>Copies the keys and values of a slot's first tokens over those of another slot.</summary>
    void Copy(int from, int to, int tokens);

    /// <summary>Exchanges the keys and values of the first tokens of two slots.</summary>
    void Swap(int first, int second, int tokens);
}
