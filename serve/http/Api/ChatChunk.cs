namespace MhcPipeline.Serve.Api;

/// <summary>A chunk of a streamed chat completion.</summary>
public sealed record ChatChunk
{
    /// <summary>Name of the answer, the same in all chunks.</summary>
    public required string Id { get; init; }

    /// <summary>chat.completion.chunk.</summary>
    public string Object { get; init; } = "chat.completion.chunk";

    /// <summary>Unix time, in seconds.</summary>
    public required long Created { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>What came; empty in the chunk that has the numbers of tokens.</summary>
    public required IReadOnlyList<ChatChunkChoice> Choices { get; init; }

    /// <summary>Numbers of tokens, in the last chunk where asked for.</summary>
    public Usage? Usage { get; init; }
}
