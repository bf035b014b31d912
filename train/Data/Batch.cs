namespace MhcPipeline.Train.Data;

/// <summary>What one (micro) step of training sees. Arrays are row-major [B, T].</summary>
public sealed record Batch
{
    /// <summary>The target that bears no loss: <c>ignore_index</c> of cross-entropy.</summary>
    public const long NoTarget = -100;

    /// <summary>Token ids [B, T]; tails of rows are filled with <c>&lt;|endoftext|&gt;</c>.</summary>
    public required long[] Inputs { get; init; }

    /// <summary>Targets [B, T]: the token after each input, or <see cref="NoTarget"/>.</summary>
    public required long[] Targets { get; init; }

    /// <summary>B.</summary>
    public required int Rows { get; init; }

    /// <summary>T: the source's block size or less.</summary>
    public required int Length { get; init; }

    /// <summary>Inputs that are no padding.</summary>
    public required int Tokens { get; init; }

    /// <summary>Targets that bear loss, at least 1.</summary>
    public required int TargetTokens { get; init; }
}
