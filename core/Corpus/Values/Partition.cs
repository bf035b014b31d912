namespace MhcPipeline.Core.Corpus.Values;

/// <summary>The two halves of every value space. A value belongs to exactly one, by its own spelling, whatever the seed.</summary>
internal enum Partition
{
    Training,
    HeldOut,
}
