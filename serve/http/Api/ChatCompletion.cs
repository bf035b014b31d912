namespace MhcPipeline.Serve.Api;

/// <summary>Answer of POST /v1/chat/completions.</summary>
public sealed record ChatCompletion
{
    /// <summary>Name of this answer.</summary>
    public required string Id { get; init; }

    /// <summary>chat.completion.</summary>
    public string Object { get; init; } = "chat.completion";

    /// <summary>Unix time, in seconds.</summary>
    public required long Created { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>The answers.</summary>
    public required IReadOnlyList<ChatChoice> Choices { get; init; }

    /// <summary>Numbers of tokens.</summary>
    public required Usage Usage { get; init; }
}
