using System.Text;
using MhcPipeline.Core.Text;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Engine.Model;
using MhcPipeline.Tokenization;

namespace MhcPipeline.Serve.Tests.Fixtures;

/// <summary>
/// A "model" over <see cref="ByteTokenizer"/> that reads its conversation: it says what a function makes of the text before its turn. Its favourite token has
/// the logit 10, all others 0.
/// </summary>
internal sealed class TalkingModel(Func<string, string> answer, int maxContext = 4096, int slots = 4) : ILanguageModel
{
    private const string Turn = "<|im_start|>assistant\n";

    private readonly TextTokenizer _tokenizer = ByteTokenizer.Create();
    private readonly int[][] _slots = [.. Enumerable.Range(0, slots).Select(_ => new int[maxContext])];
    private readonly float[] _logits = new float[512 * ScriptedModel.Vocab];

    public int VocabSize => ScriptedModel.Vocab;

    public int MaxContext => maxContext;

    public int Slots => slots;

    public int MaxChunk => 512;

    /// <summary>Asks for the stock of chairs when it is offered tools, and says what the tool told it; otherwise it greets.</summary>
    public static TalkingModel WithTools() => new(prompt =>
        prompt.Contains("<|im_start|>tool\n", StringComparison.Ordinal) ? $"There are {prompt.Split("<|im_start|>tool\n")[^1].Split("<|im_end|>")[0]}."
        : prompt.Contains("<tools>", StringComparison.Ordinal) ? ToolText.Call("", [("stock", """{"item":"chair"}""")])
        : "Hello there.");

    public InferenceEngine Engine() => new(this, _tokenizer, ScriptedModel.Config, "scripted", new EngineOptions());

    public ReadOnlySpan<float> Prefill(int slot, int past, scoped ReadOnlySpan<int> tokens, bool allLogits)
    {
        tokens.CopyTo(_slots[slot].AsSpan(past));
        Span<float> logits = _logits.AsSpan(0, tokens.Length * ScriptedModel.Vocab);
        logits.Clear();
        logits[((tokens.Length - 1) * ScriptedModel.Vocab) + Next(_slots[slot].AsSpan(0, past + tokens.Length))] = 10;
        return allLogits ? logits : logits[^ScriptedModel.Vocab..];
    }

    public ReadOnlySpan<float> Decode(scoped ReadOnlySpan<int> tokens, scoped ReadOnlySpan<int> pasts)
    {
        Span<float> logits = _logits.AsSpan(0, tokens.Length * ScriptedModel.Vocab);
        logits.Clear();
        for (int slot = 0; slot < tokens.Length; slot++)
        {
            _slots[slot][pasts[slot]] = tokens[slot];
            logits[(slot * ScriptedModel.Vocab) + Next(_slots[slot].AsSpan(0, pasts[slot] + 1))] = 10;
        }
        return logits;
    }

    public void Copy(int from, int to, int tokens) => _slots[from].AsSpan(0, tokens).CopyTo(_slots[to]);

    public void Swap(int first, int second, int tokens) => (_slots[first], _slots[second]) = (_slots[second], _slots[first]);

    public void Dispose()
    {
    }

    private int Next(ReadOnlySpan<int> tokens)
    {
        string text = _tokenizer.Decode(tokens.ToArray(), skipSpecial: false);
        int turn = text.LastIndexOf(Turn, StringComparison.Ordinal) + Turn.Length;
        byte[] whole = Encoding.UTF8.GetBytes(answer(text[..turn]));
        int said = Encoding.UTF8.GetByteCount(text.AsSpan(turn));
        return said < whole.Length ? whole[said] : 256;
    }
}
