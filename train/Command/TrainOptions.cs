namespace MhcPipeline.Train.Command;

/// <summary>What the command line of mhc-train asks for. What is null is as the run began with, or as the preset says.</summary>
internal sealed record TrainOptions
{
    public required string Run { get; init; }

    public string? Preset { get; init; }

    public string? Data { get; init; }

    public string? Connection { get; init; }

    public int? Steps { get; init; }

    public double? Minutes { get; init; }

    public long? Seed { get; init; }

    /// <summary>cpu, cuda or cuda:N; null takes a GPU where there is one.</summary>
    public string? Device { get; init; }

    /// <summary>float32 or bf16.</summary>
    public string? Precision { get; init; }

    /// <summary>A finished run that the report compares this one with.</summary>
    public string? Beside { get; init; }

    /// <summary>Fail rather than begin anew when there is nothing to resume.</summary>
    public bool Resume { get; init; }

    /// <summary>Begin anew, whatever checkpoints there are.</summary>
    public bool Restart { get; init; }
}
