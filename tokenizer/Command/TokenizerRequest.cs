namespace MhcPipeline.Tokenization.Command;

/// <summary>The program's options; what is null was not given.</summary>
internal sealed record TokenizerRequest
{
    public required string Run { get; init; }

    public string? Preset { get; init; }

    public string? Data { get; init; }

    public int? VocabSize { get; init; }

    public int Threads { get; init; } = Environment.ProcessorCount;

    public ulong? Seed { get; init; }

    public bool Force { get; init; }
}
