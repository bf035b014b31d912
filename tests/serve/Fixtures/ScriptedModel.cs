using System.Text;
using MhcPipeline.Core;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Engine.Model;

namespace MhcPipeline.Serve.Tests.Fixtures;

/// <summary>
/// A "model" over <see cref="ByteTokenizer"/> that says what it was told to, byte by byte, whatever the prompt; then it ends the text.
/// Its favourite token has the logit 10, all others 0.
/// </summary>
internal sealed class ScriptedModel(byte[] script, int maxContext = 4096, int slots = 4) : ILanguageModel
{
    private readonly float[] _logits = new float[512 * Vocab];
    private readonly int[] _said = new int[slots];

    public const int Vocab = 259;

    public ScriptedModel(string script, int maxContext = 4096, int slots = 4)
        : this(Encoding.UTF8.GetBytes(script), maxContext, slots)
    {
    }

    /// <summary>Runs before every step; tests block or count in it.</summary>
    public Action BeforeStep { get; set; } = () => { };

    /// <summary>Says the script again and again instead of ending.</summary>
    public bool Endless { get; init; }

    public bool IsDisposed { get; private set; }

    public int VocabSize => Vocab;

    public int MaxContext => maxContext;

    public int Slots => slots;

    public int MaxChunk { get; init; } = 512;

    public ReadOnlySpan<float> Prefill(int slot, int past, scoped ReadOnlySpan<int> tokens, bool allLogits)
    {
        BeforeStep();
        _said[slot] = past > 0 && GoesOn(tokens, _said[slot]) ? _said[slot] + tokens.Length : 0;
        Span<float> logits = _logits.AsSpan(0, tokens.Length * Vocab);
        logits.Clear();
        for (int row = 0; row < tokens.Length; row++)
        {
            // Inside a prompt the favourite is the token that follows, so that its log-probability is known.
            logits[(row * Vocab) + (row + 1 < tokens.Length ? tokens[row + 1] : Next(_said[slot]))] = 10;
        }
        return allLogits ? logits : logits[^Vocab..];
    }

    public ReadOnlySpan<float> Decode(scoped ReadOnlySpan<int> tokens, scoped ReadOnlySpan<int> pasts)
    {
        BeforeStep();
        Span<float> logits = _logits.AsSpan(0, tokens.Length * Vocab);
        logits.Clear();
        for (int slot = 0; slot < tokens.Length; slot++)
        {
            logits[(slot * Vocab) + Next(++_said[slot])] = 10;
        }
        return logits;
    }

    public void Copy(int from, int to, int tokens) => _said[to] = _said[from];

    public void Swap(int first, int second, int tokens) => (_said[first], _said[second]) = (_said[second], _said[first]);

    public void Dispose() => IsDisposed = true;

    public static ModelConfig Config { get; } = new()
    {
        HiddenSize = 8,
        IntermediateSize = 8,
        NumHiddenLayers = 1,
        NumAttentionHeads = 1,
        NumKeyValueHeads = 1,
        MaxPositionEmbeddings = 4096,
        VocabSize = Vocab,
    };

    public InferenceEngine Engine(EngineOptions? options = null) => new(this, ByteTokenizer.Create(), Config, "scripted", options ?? new EngineOptions());

    /// <summary>Whether several tokens read at once are what the script says next: text that was forced, not a further part of a prompt.</summary>
    private bool GoesOn(scoped ReadOnlySpan<int> tokens, int said)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            if (tokens[i] != Next(said + i))
                return false;
        }
        return true;
    }

    private int Next(int position) => position < script.Length ? script[position] : Endless ? script[position % script.Length] : 256;
}
