namespace MhcPipeline.Tokenization.Training;

/// <summary>The order in which pairs are merged: the most frequent first; of equally frequent ones that with the smaller left id, then the smaller right id.</summary>
internal readonly record struct PairRank(long Count, ulong Key) : IComparable<PairRank>
{
    public int CompareTo(PairRank other) => Count != other.Count ? other.Count.CompareTo(Count) : Key.CompareTo(other.Key);
}
