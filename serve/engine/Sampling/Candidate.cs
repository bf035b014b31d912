namespace MhcPipeline.Engine.Sampling;

/// <summary>A token and its weight (its probability, not normalised). Ordered by falling weight, then by rising id, so that ties are no accident.</summary>
internal readonly record struct Candidate(int TokenId, float Weight) : IComparable<Candidate>
{
    public int CompareTo(Candidate other)
    {
        int byWeight = other.Weight.CompareTo(Weight);
        return byWeight != 0 ? byWeight : TokenId.CompareTo(other.TokenId);
    }

    /// <summary>Moves the <paramref name="count"/> first in order to the front, in any order (Hoare's selection; linear on average).</summary>
    public static void SelectFirst(Span<Candidate> candidates, int count)
    {
        int low = 0, high = candidates.Length - 1;
        while (low < high)
        {
            Candidate pivot = candidates[low + ((high - low) / 2)];
            int i = low - 1, j = high + 1;
            while (true)
            {
                do { i++; } while (candidates[i].CompareTo(pivot) < 0);
                do { j--; } while (candidates[j].CompareTo(pivot) > 0);
                if (i >= j)
                {
                    break;
                }
                (candidates[i], candidates[j]) = (candidates[j], candidates[i]);
            }
            if (count - 1 <= j)
            {
                high = j;
            }
            else
            {
                low = j + 1;
            }
        }
    }
}
