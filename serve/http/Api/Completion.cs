namespace MhcPipeline.Serve.Api;

/// <summary>Answer of POST /v1/completions, and a chunk of its stream.</summary>
public sealed record Completion
{
    /// <summary>Name of this answer.</summary>
    public required string Id { get; init; }

    /// <summary>text_completion.</summary>
    public string Object { get; init; } = "text_completion";

    /// <summary>Unix time, in seconds.</summary>
    public required long Created { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>The texts.</summary>
    public required IReadOnlyList<CompletionChoice> Choices { get; init; }

    /// <summary>Numbers of tokens; left out of chunks but the last.</summary>
    public Usage? Usage { get; init; }
}
