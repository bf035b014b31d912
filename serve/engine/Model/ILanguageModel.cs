namespace MhcPipeline.Engine.Model;

/// <summary>A model with a key-value cache of several slots, each holding one sequence. Used from one thread at a time.</summary>
internal interface ILanguageModel : IDisposable
{
    /// <summary>V, the width of a row of logits.</summary>
    int VocabSize { get; }

    /// <summary>Most tokens that a slot holds.</summary>
    int MaxContext { get; }

    /// <summary>Number of sequences that can be held side by side.</summary>
    int Slots { get; }

    /// <summary>Most tokens that one call takes.</summary>
    int MaxChunk { get; }

    /// <summary>
    /// Appends tokens to a slot that holds <paramref name="past"/> tokens (what it holds beyond them is forgotten).
    /// Returns the logits after each of them, [tokens, V] row-major, valid until the next call.
    /// </summary>
    ReadOnlySpan<float> Forward(int slot, int past, scoped ReadOnlySpan<int> tokens);
}
