namespace MhcPipeline.Train.Data;

/// <summary>
/// Batches by number. Batch k is a function of the data, the seed and k alone, so a run that resumes at step k goes on exactly;
/// there is no position to save. Safe to call from several threads.
/// </summary>
public abstract class BatchSource
{
    /// <summary>Batch number <paramref name="step"/>, from 0; epochs follow one another without end.</summary>
    public abstract Batch Get(long step);

    /// <summary>Batches in the first epoch (later epochs differ by a few where conversations are packed anew).</summary>
    public abstract long BatchesPerEpoch { get; }

    /// <summary>The most inputs, padding included, that a batch holds: B x T.</summary>
    public abstract int MaxTokens { get; }

    /// <summary>The longest row: the block size or less.</summary>
    public abstract int MaxLength { get; }
}
