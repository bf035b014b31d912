namespace MhcPipeline.Train.Data;

/// <summary>How data is prepared.</summary>
public sealed record DatasetOptions
{
    /// <summary>Chooses which documents are for validation.</summary>
    public ulong Seed { get; init; }

    /// <summary>Share of the documents for validation, above 0 and below 1; not used where the source brings its own.</summary>
    public double ValidationFraction { get; init; } = 0.05;

    /// <summary>Threads that tokenise.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Tokens in a shard: 64 Mi are a file of 128 or 256 MiB.</summary>
    public long ShardTokens { get; init; } = 64 << 20;
}
