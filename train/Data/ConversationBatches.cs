using MhcPipeline.Core;
using MhcPipeline.Core.Seeds;

namespace MhcPipeline.Train.Data;

/// <summary>Conversations, and plain text among them, in rows as <see cref="ChatLayout"/> says. Each epoch is planned anew from the seed.</summary>
internal sealed class ConversationBatches : BatchSource
{
    private readonly TokenStore _store;
    private readonly Pieces _pieces;
    private readonly BatchOptions _options;
    private readonly int _endOfText;
    private readonly Lock _planning = new();
    private readonly List<long> _epochStarts = [0];
    private EpochPlan _plan;
    private int _planned;

    internal ConversationBatches(TokenStore store, Pieces pieces, DatasetManifest manifest, BatchOptions options)
    {
        if (pieces.Count == 0)
            throw new PipelineException($"{manifest.Source}: no conversation has its first answer within {options.BlockSize} tokens (the longest takes {pieces.Longest}). Use a preset with a larger training.block_size.");
        (_store, _pieces, _options, _endOfText) = (store, pieces, options, manifest.EndOfTextId);
        _plan = MakePlan(0);
        _epochStarts.Add(_plan.Batches);
    }

    public override long BatchesPerEpoch => _epochStarts[1];

    public override int MaxTokens => _options.Rows * _options.BlockSize;

    public override int MaxLength => _options.BlockSize;

    public override Batch Get(long step)
    {
        (EpochPlan plan, long number) = PlanOf(step);
        (int first, int rows) = plan.Rows(number).GetOffsetAndLength(int.MaxValue);
        int length = _options.Layout == ChatLayout.Packed ? _options.BlockSize : Width(plan, first, rows);
        long[] inputs = new long[rows * length], targets = new long[rows * length];
        Array.Fill(inputs, _endOfText);
        Array.Fill(targets, Batch.NoTarget);
        int tokens = 0, learnt = 0;
        for (int row = 0; row < rows; row++)
        {
            int at = 0;
            foreach (int piece in plan.Row(first + row))
            {
                int start = (row * length) + at, room = length - at;
                learnt += Fill(piece, inputs.AsSpan(start, room), targets.AsSpan(start, room));
                at += _pieces.Length(piece) + 1; // <|endoftext|> follows
            }
            tokens += at - 2; // but not the last one, nor the last token, which is only a target
        }
        return new Batch { Inputs = inputs, Targets = targets, Rows = rows, Length = length, Tokens = tokens, TargetTokens = learnt };
    }

    /// <summary>Writes a piece to the beginning of a row's rest; tells how many of its targets bear loss.</summary>
    private int Fill(int piece, Span<long> inputs, Span<long> targets)
    {
        int count = _pieces.Length(piece), learnt = 0;
        int[] ids = new int[count];
        byte[] mask = new byte[count];
        _store.Read(_pieces.Start(piece), ids);
        _store.ReadMask(_pieces.Start(piece), mask);
        for (int i = 0; i < count && i < inputs.Length; i++)
        {
            inputs[i] = ids[i];
            if (i + 1 == count || mask[i + 1] == 0)
                continue;
            targets[i] = ids[i + 1];
            learnt++;
        }
        return learnt;
    }

    private int Width(EpochPlan plan, int first, int rows)
    {
        int longest = 0;
        for (int row = first; row < first + rows; row++)
            longest = Math.Max(longest, _pieces.Length(plan.Row(row)[0]) - 1);
        return EpochPlan.Width(longest, _options.BlockSize);
    }

    /// <summary>The plan of the epoch that holds a batch, and the batch's number in it. Epochs before it are planned once to be counted.</summary>
    private (EpochPlan Plan, long Number) PlanOf(long step)
    {
        lock (_planning)
        {
            while (_epochStarts[^1] <= step)
            {
                (_planned, _plan) = (_epochStarts.Count - 1, MakePlan(_epochStarts.Count - 1));
                _epochStarts.Add(_epochStarts[^1] + _plan.Batches);
            }
            int found = _epochStarts.BinarySearch(step);
            int epoch = found >= 0 ? found : ~found - 1;
            if (epoch != _planned)
                (_planned, _plan) = (epoch, MakePlan(epoch));
            return (_plan, step - _epochStarts[epoch]);
        }
    }

    private EpochPlan MakePlan(int epoch) => EpochPlan.Make(_pieces, _options, SplitMix64.Hash(_options.Seed, (ulong)epoch));
}
