namespace Microsoft.ML.Tokenizers.Internal;

/// <summary>Applies merges to the symbols of one piece: always the lowest rank first, and of equal ranks the leftmost.</summary>
internal static class Merger
{
    // Below this, scanning an array that fits in cache beats a heap.
    private const int ShortPiece = 48;

    /// <summary>Merges in place; returns how many symbols remain.</summary>
    public static int Merge(MergeTable merges, Span<int> ids, Span<int> lengths) =>
        ids.Length <= ShortPiece ? MergeByScan(merges, ids, lengths) : MergeByHeap(merges, ids, lengths);

    private static int MergeByScan(MergeTable merges, Span<int> ids, Span<int> lengths)
    {
        int count = ids.Length;
        if (count < 2)
            return count;
        Span<int> ranks = stackalloc int[ShortPiece];   // of the pair (i, i + 1)
        for (int i = 0; i + 1 < count; i++)
            ranks[i] = merges.Rank(ids[i], ids[i + 1], out _);

        while (count > 1)
        {
            int best = 0;
            for (int i = 1; i + 1 < count; i++)
            {
                if (ranks[i] < ranks[best])
                    best = i;
            }
            if (ranks[best] == MergeTable.None)
                break;

            merges.Rank(ids[best], ids[best + 1], out ids[best]);
            lengths[best] += lengths[best + 1];
            int tail = count - best - 2;
            ids.Slice(best + 2, tail).CopyTo(ids[(best + 1)..]);
            lengths.Slice(best + 2, tail).CopyTo(lengths[(best + 1)..]);
            ranks.Slice(best + 1, tail).CopyTo(ranks[best..]);
            count--;
            if (best + 1 < count)
                ranks[best] = merges.Rank(ids[best], ids[best + 1], out _);
            if (best > 0)
                ranks[best - 1] = merges.Rank(ids[best - 1], ids[best], out _);
        }
        return count;
    }

    private static int MergeByHeap(MergeTable merges, Span<int> ids, Span<int> lengths)
    {
        int count = ids.Length;
        var next = new int[count];
        var previous = new int[count];
        var queue = new PriorityQueue<(int Position, int Merged), long>(count);
        for (int i = 0; i < count; i++)
        {
            next[i] = i + 1;
            previous[i] = i - 1;
            if (i + 1 < count)
                Enqueue(ids, i, i + 1);
        }

        while (queue.TryDequeue(out (int Position, int Merged) top, out _))
        {
            int left = top.Position;
            int right = ids[left] < 0 ? count : next[left];
            // An entry is stale if a neighbour took one of its symbols in the meantime.
            if (right >= count || merges.Rank(ids[left], ids[right], out int merged) == MergeTable.None || merged != top.Merged)
                continue;
            ids[left] = merged;
            lengths[left] += lengths[right];
            ids[right] = -1;
            next[left] = next[right];
            if (next[left] < count)
            {
                previous[next[left]] = left;
                Enqueue(ids, left, next[left]);
            }
            if (previous[left] >= 0)
                Enqueue(ids, previous[left], left);
        }

        int kept = 0;
        for (int i = 0; i < count; i = next[i], kept++)
        {
            ids[kept] = ids[i];
            lengths[kept] = lengths[i];
        }
        return kept;

        void Enqueue(Span<int> symbols, int left, int right)
        {
            int rank = merges.Rank(symbols[left], symbols[right], out int merged);
            if (rank != MergeTable.None)
                queue.Enqueue((left, merged), ((long)rank << 32) | (uint)left);
        }
    }
}
