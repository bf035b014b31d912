using MhcPipeline.Tokenization;
using MhcPipeline.Train.Data;
using MhcPipeline.Train.Metrics;

namespace MhcPipeline.Train.Training;

/// <summary>Lets a model continue validation texts, for people to read: the first answer of a conversation (greedy), or plain text (drawn).</summary>
/// <param name="sampler">The model.</param>
/// <param name="tokenizer">Its tokenizer.</param>
public sealed class SampleWriter(TextSampler sampler, TextTokenizer tokenizer)
{
    private const int PromptTokens = 32, NewTokens = 100;

    /// <summary>Samples from the first rows of a batch.</summary>
    /// <param name="batch">A validation batch.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="isChat">Whether rows are conversations, whose targets are the answers.</param>
    /// <param name="step">Optimizer steps done.</param>
    public IEnumerable<SampleMetric> Write(Batch batch, int count, bool isChat, long step)
    {
        HashSet<int> stop = tokenizer.SupportsChat ? [tokenizer.EndOfTextId, tokenizer.ImEndId] : [tokenizer.EndOfTextId];
        for (int row = 0; row < Math.Min(count, batch.Rows); row++)
        {
            int[] inputs = [.. batch.Inputs.Skip(row * batch.Length).Take(batch.Length).Select(id => (int)id)];
            long[] targets = [.. batch.Targets.Skip(row * batch.Length).Take(batch.Length)];
            int answer = Array.FindIndex(targets, target => target != Batch.NoTarget);
            if (answer < 0)
                continue;
            int[] prompt = isChat ? inputs[..(answer + 1)] : inputs[..Math.Min(PromptTokens, inputs.Length)];
            int[]? expected = isChat ? [.. targets.Skip(answer).TakeWhile(target => target != Batch.NoTarget).Select(target => (int)target)] : null;
            IReadOnlyList<int> text = sampler.Continue(prompt, NewTokens, isChat ? 0 : 0.8, stop, seed: row);
            yield return new(step, tokenizer.Decode(prompt, skipSpecial: !isChat), tokenizer.Decode(text), expected is null ? null : tokenizer.Decode(expected).TrimEnd('\n'));
        }
    }
}
