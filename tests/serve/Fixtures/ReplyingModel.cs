using System.Text;
using MhcPipeline.Core.Text;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Engine.Model;
using MhcPipeline.Tokenization;

namespace MhcPipeline.Serve.Tests.Fixtures;

/// <summary>
/// A "model" over <see cref="ByteTokenizer"/> that reads its prompt: what it says is a function of the text before its turn. Its favourite token has the
/// logit 10, all others 0; where a grammar keeps it from that one it goes on with what it wanted to say next.
/// </summary>
/// <param name="reply">From the whole prompt, special tokens spelt out, to the answer.</param>
/// <param name="maxContext">Most tokens of prompt and answer together.</param>
/// <param name="slots">Sequences side by side.</param>
internal sealed class ReplyingModel(Func<string, string> reply, int maxContext = 4096, int slots = 4) : ILanguageModel
{
    private const int EndOfText = 256, ImStart = 257;
    private static readonly TextTokenizer _tokenizer = ByteTokenizer.Create();
    private static readonly byte[] _turn = "assistant\n"u8.ToArray();

    private readonly float[] _logits = new float[4096 * ScriptedModel.Vocab];
    private readonly List<int>[] _slots = [.. Enumerable.Range(0, slots).Select(_ => new List<int>())];

    /// <summary>Runs before every step; tests block or count in it.</summary>
    public Action BeforeStep { get; set; } = () => { };

    /// <summary>Asks for the stock of chairs when it is offered tools, and says what the tool told it; otherwise it greets.</summary>
    public static ReplyingModel WithTools() => new(prompt =>
        prompt.Contains("<|im_start|>tool\n", StringComparison.Ordinal) ? $"There are {prompt.Split("<|im_start|>tool\n")[^1].Split("<|im_end|>")[0]}."
        : prompt.Contains("<tools>", StringComparison.Ordinal) ? ToolText.Call("", [("stock", """{"item":"chair"}""")])
        : "Hello there.");

    public int VocabSize => ScriptedModel.Vocab;

    public int MaxContext => maxContext;

    public int Slots => slots;

    public int MaxChunk => 4096;

    public ReadOnlySpan<float> Prefill(int slot, int past, scoped ReadOnlySpan<int> tokens, bool allLogits)
    {
        BeforeStep();
        Span<float> logits = _logits.AsSpan(0, tokens.Length * VocabSize);
        logits.Clear();
        Append(slot, past, tokens);
        for (int row = 0; row < tokens.Length; row++)
        {
            if (row + 1 < tokens.Length) logits[(row * VocabSize) + tokens[row + 1]] = 10;
            else Answer(_slots[slot], logits[^VocabSize..]);
        }
        return allLogits ? logits : logits[^VocabSize..];
    }

    public ReadOnlySpan<float> Decode(scoped ReadOnlySpan<int> tokens, scoped ReadOnlySpan<int> pasts)
    {
        BeforeStep();
        Span<float> logits = _logits.AsSpan(0, tokens.Length * VocabSize);
        logits.Clear();
        for (int slot = 0; slot < tokens.Length; slot++)
        {
            Append(slot, pasts[slot], tokens.Slice(slot, 1));
            Answer(_slots[slot], logits.Slice(slot * VocabSize, VocabSize));
        }
        return logits;
    }

    public void Copy(int from, int to, int tokens)
    {
        _slots[to].Clear();
        _slots[to].AddRange(_slots[from].Take(tokens));
    }

    public void Swap(int first, int second, int tokens) => (_slots[first], _slots[second]) = (_slots[second], _slots[first]);

    public void Dispose()
    {
    }

    public InferenceEngine Engine(EngineOptions? options = null) => new(this, ByteTokenizer.Create(), ScriptedModel.Config, "scripted", options ?? new EngineOptions());

    private void Append(int slot, int past, scoped ReadOnlySpan<int> tokens)
    {
        List<int> held = _slots[slot];
        held.RemoveRange(past, held.Count - past);
        foreach (int token in tokens)
        {
            held.Add(token);
        }
    }

    /// <summary>What was said already is told from its length alone. A piece of a prompt that ends before the answer's turn is no prompt.</summary>
    private void Answer(List<int> held, Span<float> logits)
    {
        int turn = held.LastIndexOf(ImStart);
        int prompt = turn < 0 ? held.Count : turn + 1 + _turn.Length;
        bool answers = turn < 0 || (held.Count >= prompt && held[(turn + 1)..prompt].SequenceEqual(_turn.Select(value => (int)value)));
        byte[] answer = answers ? Encoding.UTF8.GetBytes(reply(_tokenizer.Decode(held[..prompt], skipSpecial: false))) : [];
        int said = held.Count - prompt;
        if (answers && said < answer.Length)
        {
            logits[answer[said]] = 10;
            return;
        }
        // It would end here; where it must not, it closes what is open.
        (logits[EndOfText], logits['"'], logits['}'], logits[']']) = (10, 9, 8, 8);
    }
}
