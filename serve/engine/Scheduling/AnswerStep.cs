using MhcPipeline.Engine.Contract;
using MhcPipeline.Engine.Sampling;

namespace MhcPipeline.Engine.Scheduling;

/// <summary>Makes the output of a sequence out of logits: chooses tokens, and gives back the prompt where asked for.</summary>
/// <param name="usableVocab">Tokens that the tokenizer knows; the model may have a few more, which must not be chosen.</param>
/// <param name="vocab">Width of a row of logits.</param>
/// <param name="maxContext">Most tokens of prompt and answer together.</param>
/// <param name="endTokens">Tokens that end a text.</param>
/// <param name="promptText">Text of a prompt token, special ones included, for echo.</param>
/// <param name="encode">Tokens of a text in UTF-8; none where it is not complete characters.</param>
/// <param name="counters">Counts the tokens chosen.</param>
internal sealed class AnswerStep(
    int usableVocab, int vocab, int maxContext, IReadOnlySet<int> endTokens, Func<IReadOnlyList<int>, IEnumerable<string>> promptText,
    Func<byte[], IReadOnlyList<int>> encode, EngineCounters counters)
{
    /// <summary>Chooses the next token after <paramref name="past"/> tokens, of which the logits [V] are. Returns why the text ends, or null.</summary>
    public FinishReason? Choose(Sequence sequence, ReadOnlySpan<float> logits, int past)
    {
        if (sequence.Request.MaxTokens == 0)
        {
            return FinishReason.Length;
        }
        logits = logits[..usableVocab];
        int token = sequence.Sampler.Next(logits, sequence.Matcher);
        sequence.LastToken = token;
        sequence.Generated++;
        counters.Generated();
        if (endTokens.Contains(token) && !sequence.Request.IgnoreEndOfText)
        {
            return FinishReason.Stop;
        }
        return Give(sequence, Describe(sequence, token, logits), past);
    }

    /// <summary>
    /// Tokens after the last one about which the grammar leaves no choice, where there are at least two: one alone costs the model as much as asking it.
    /// None is taken yet.
    /// </summary>
    public IReadOnlyList<int> Forced(Sequence sequence, int past, int most)
    {
        if (sequence is not { Matcher: { } matcher, Request: { JumpsForward: true, LogProbs: null } request })
        {
            return [];
        }
        IReadOnlyList<int> forced = matcher.ForcedTokens(encode);
        int room = Math.Min(most, Math.Min(request.MaxTokens - sequence.Generated, maxContext - past - 2));
        return Math.Min(forced.Count, room) < 2 ? [] : [.. forced.Take(room)];
    }

    /// <summary>Takes a token that was forced. Returns why the text ends, or null.</summary>
    public FinishReason? Take(Sequence sequence, int token, int past)
    {
        sequence.LastToken = token;
        sequence.Generated++;
        counters.Generated();
        sequence.Sampler.Take(token);
        return Give(sequence, new GenerationChunk { TokenId = token }, past);
    }

    private FinishReason? Give(Sequence sequence, GenerationChunk token, int past)
    {
        sequence.Matcher?.Accept(token.TokenId!.Value);
        sequence.Output.Push(token with { GeneratedTokens = sequence.Generated }, sequence.Give);
        if (sequence.Output.Stopped || sequence.Matcher is { MustEnd: true })
        {
            return FinishReason.Stop;
        }
        return sequence.Generated >= sequence.Request.MaxTokens || past + 1 >= maxContext ? FinishReason.Length : null;
    }

    /// <summary>
    /// Gives back the prompt tokens that <paramref name="count"/> tokens after <paramref name="past"/> decide on, if the request has echo: each token's
    /// log-probability is in the logits of the one before, so the first of all comes without.
    /// </summary>
    public void Echo(Sequence sequence, int past, int count, ReadOnlySpan<float> logits)
    {
        if (!sequence.Request.Echo)
        {
            return;
        }
        IReadOnlyList<int> prompt = sequence.Request.Prompt;
        if (sequence.EchoText is null)
        {
            sequence.EchoText = promptText(prompt).GetEnumerator();
            for (int i = 0; i <= past; i++)
            {
                Echo(sequence, prompt[i], []); // with a past, logits are not asked for
            }
        }
        for (int i = 0; i < count && past + i + 1 < prompt.Count; i++)
        {
            Echo(sequence, prompt[past + i + 1], sequence.NeedsPromptLogits ? logits.Slice(i * vocab, usableVocab) : []);
        }
    }

    private static void Echo(Sequence sequence, int token, ReadOnlySpan<float> logits)
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
}
