namespace MhcPipeline.Engine.Sampling;

/// <summary>A token and its weight (its probability, not normalised). Ordered by falling weight, then by rising id, so that ties are no accident.</summary>
internal readonly record struct Candidate(int TokenId, float Weight) : IComparable<Candidate>
{
    public int CompareTo(Candidate other)
    {
        int byWeight = other.Weight.CompareTo(Weight);
        return byWeight != 0 ? byWeight : TokenId.CompareTo(other.TokenId);
    }
}
