namespace MhcPipeline.Cuda.Tests.Sites;

/// <summary>What stands before a read: the embedding, a write with comb = I, or one that mixes.</summary>
public enum BeforeKind
{
    Embedding,
    Gates,
    Mixes,
}
