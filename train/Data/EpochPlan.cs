using MhcPipeline.Core.Seeds;

namespace MhcPipeline.Train.Data;

/// <summary>Which pieces share a row and which rows share a batch in one epoch; every piece is in exactly one row.</summary>
internal sealed class EpochPlan
{
    /// <summary>Separate: batches' worth of pieces that are sorted by length together. More of them mean less padding and less chance.</summary>
    private const int SortedBatches = 64;

    /// <summary>Packed: rows that wait for pieces that fit. 32 leave about 1% of the rows empty for conversations of a third of a row.</summary>
    private const int OpenRows = 32;

    private readonly List<int> _order = [];
    private readonly List<int> _rowStarts = [0];
    private readonly List<int> _batchStarts = [0];
    private Permutation _batchOrder;

    private EpochPlan()
    {
    }

    /// <summary>Number of batches.</summary>
    internal int Batches => _batchStarts.Count - 1;

    /// <summary>Rows of a batch, to be given to <see cref="Row"/>.</summary>
    internal Range Rows(long batch)
    {
        int planned = (int)_batchOrder[batch];
        return _batchStarts[planned].._batchStarts[planned + 1];
    }

    /// <summary>The pieces of a row.</summary>
    internal ReadOnlySpan<int> Row(int row) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_order)[_rowStarts[row].._rowStarts[row + 1]];

    internal static EpochPlan Make(Pieces pieces, BatchOptions options, ulong seed)
    {
        EpochPlan plan = new();
        Permutation shuffle = new(seed, pieces.Count);
        int[] order = [.. Enumerable.Range(0, pieces.Count).Select(i => (int)shuffle[i])];
        if (options.Layout == ChatLayout.Packed)
            plan.Pack(pieces, order, options);
        else
            plan.Sort(pieces, order, options);
        plan._batchOrder = new Permutation(SplitMix64.Hash(seed), plan.Batches);
        return plan;
    }

    /// <summary>T of a batch whose longest row has <paramref name="longest"/> inputs: a multiple of 8, so that there are few different shapes.</summary>
    internal static int Width(int longest, int blockSize) => Math.Min(blockSize, (longest + 7) / 8 * 8);

    private void Sort(Pieces pieces, int[] order, BatchOptions options)
    {
        int budget = options.Rows * options.BlockSize, group = SortedBatches * options.Rows;
        List<int> waiting = [];
        for (int at = 0; at < order.Length; at += group)
        {
            waiting.AddRange(order[at..Math.Min(order.Length, at + group)]);
            // Stable order for equal lengths: the shuffle's, not the sort's.
            waiting = [.. waiting.OrderBy(pieces.Length)];
            int first = 0;
            for (int i = 0; i < waiting.Count; i++)
            {
                if ((i + 1 - first) * Width(pieces.Length(waiting[i]) - 1, options.BlockSize) <= budget)
                    continue;
                AddBatch(waiting[first..i]);
                first = i;
            }
            // The last, unfilled batch waits for the next group, so that only one in an epoch is small.
            waiting.RemoveRange(0, first);
        }
        AddBatch(waiting);
    }

    private void AddBatch(List<int> pieces)
    {
        foreach (int piece in pieces)
            AddRow([piece]);
        _batchStarts.Add(_rowStarts.Count - 1);
    }

    private void Pack(Pieces pieces, int[] order, BatchOptions options)
    {
        // Room in a row, counting a separator after every piece: the last piece needs neither it nor an input for its last token.
        int room = options.BlockSize + 2;
        List<(List<int> Pieces, int Free)> open = [], closed = [];
        foreach (int piece in order)
        {
            int need = pieces.Length(piece) + 1;
            int best = -1;
            for (int i = 0; i < open.Count; i++)
            {
                if (open[i].Free >= need && (best < 0 || open[i].Free < open[best].Free))
                    best = i;
            }
            if (best < 0)
            {
                if (open.Count == OpenRows)
                {
                    int fullest = open.IndexOf(open.MinBy(row => row.Free));
                    closed.Add(open[fullest]);
                    open.RemoveAt(fullest);
                }
                best = open.Count;
                open.Add(([], room));
            }
            open[best].Pieces.Add(piece);
            open[best] = (open[best].Pieces, open[best].Free - need);
        }
        closed.AddRange(open);
        // Rows closed early are fuller than the last ones; batches should not be.
        Permutation shuffle = new(SplitMix64.Hash((ulong)order[0]), closed.Count);
        for (int row = 0; row < closed.Count; row++)
        {
            AddRow(closed[(int)shuffle[row]].Pieces);
            if ((row + 1) % options.Rows == 0 || row + 1 == closed.Count)
                _batchStarts.Add(_rowStarts.Count - 1);
        }
    }

    private void AddRow(List<int> pieces)
    {
        _order.AddRange(pieces);
        _rowStarts.Add(_order.Count);
    }
}
