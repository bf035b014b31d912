using MhcPipeline.Engine.Model;
using MhcPipeline.Engine.Sampling;

namespace MhcPipeline.Engine.Scheduling;

/// <summary>Moves one sequence on: a chunk of its prompt, or one token.</summary>
/// <param name="model">Holds the sequences' caches.</param>
/// <param name="usableVocab">Tokens that the tokenizer knows; the model may have a few more rows, which must not be chosen.</param>
/// <param name="endTokens">Tokens that end a text.</param>
/// <param name="promptText">Text of a prompt token, special ones included, for echo.</param>
internal sealed class SequenceStep(ILanguageModel model, int usableVocab, IReadOnlySet<int> endTokens, Func<IReadOnlyList<int>, IEnumerable<string>> promptText)
{
    private readonly int[] _tokens = new int[model.MaxChunk];

    /// <summary>False once the sequence is complete.</summary>
    public bool Run(Sequence sequence)
    {
        if (sequence.IsCancelled)
        {
            return End(sequence, FinishReason.Cancelled);
        }
        ReadOnlySpan<float> logits = sequence.Past < sequence.Request.Prompt.Count ? Prefill(sequence) : Decode(sequence);
        if (sequence.Past < sequence.Request.Prompt.Count)
        {
            return true;
        }
        if (sequence.Request.MaxTokens == 0)
        {
            return End(sequence, FinishReason.Length);
        }
        return Choose(sequence, logits);
    }

    /// <summary>Takes the next chunk of the prompt; returns the logits after its last token, [V].</summary>
    private ReadOnlySpan<float> Prefill(Sequence sequence)
    {
        IReadOnlyList<int> prompt = sequence.Request.Prompt;
        int past = sequence.Past, count = Math.Min(_tokens.Length, prompt.Count - past);
        for (int i = 0; i < count; i++)
        {
            _tokens[i] = prompt[past + i];
        }
        if (past == 0 && sequence.Request.Echo)
        {
            sequence.EchoText = promptText(prompt).GetEnumerator();
            Echo(sequence, prompt[0], []);
        }
        ReadOnlySpan<float> logits = model.Forward(sequence.Slot, past, _tokens.AsSpan(0, count));
        sequence.Past += count;
        if (sequence.Request.Echo)
        {
            for (int i = 0; i < count && past + i + 1 < prompt.Count; i++)
            {
                Echo(sequence, prompt[past + i + 1], Row(logits, i));
            }
        }
        return Row(logits, count - 1);
    }

    private ReadOnlySpan<float> Decode(Sequence sequence)
    {
        ReadOnlySpan<float> logits = model.Forward(sequence.Slot, sequence.Past, [sequence.LastToken]);
        sequence.Past++;
        return Row(logits, 0);
    }

    private bool Choose(Sequence sequence, ReadOnlySpan<float> logits)
    {
        int token = sequence.Sampler.Next(logits);
        sequence.LastToken = token;
        sequence.Generated++;
        if (endTokens.Contains(token) && !sequence.Request.IgnoreEndOfText)
        {
            return End(sequence, FinishReason.Stop);
        }
        sequence.Output.Push(Describe(sequence, token, logits) with { GeneratedTokens = sequence.Generated }, sequence.Give);
        if (sequence.Output.Stopped)
        {
            return End(sequence, FinishReason.Stop);
        }
        bool full = sequence.Generated >= sequence.Request.MaxTokens || sequence.Past + 1 >= model.MaxContext;
        return !full || End(sequence, FinishReason.Length);
    }

    private void Echo(Sequence sequence, int token, ReadOnlySpan<float> logits)
    {
        sequence.EchoText!.MoveNext();
        sequence.Give(Describe(sequence, token, logits) with { IsPrompt = true, Text = sequence.EchoText.Current });
    }

    private static GenerationChunk Describe(Sequence sequence, int token, ReadOnlySpan<float> logits)
    {
        if (sequence.Request.LogProbs is not { } count || logits.IsEmpty)
        {
            return new GenerationChunk { TokenId = token };
        }
        double logSum = LogProbabilities.LogSum(logits);
        return new GenerationChunk { TokenId = token, LogProb = logits[token] - logSum, Top = LogProbabilities.Top(logits, logSum, count) };
    }

    private ReadOnlySpan<float> Row(ReadOnlySpan<float> logits, int row) => logits.Slice(row * model.VocabSize, usableVocab);

    private static bool End(Sequence sequence, FinishReason reason)
    {
        sequence.Complete(reason);
        return false;
    }
}
