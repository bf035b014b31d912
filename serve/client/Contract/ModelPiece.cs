using Microsoft.Extensions.AI;

namespace MhcPipeline.Client.Contract;

/// <summary>The next piece of an answer, or the whole of it.</summary>
public sealed record ModelPiece
{
    /// <summary>The answer's id, the same for all its pieces.</summary>
    public string? Id { get; init; }

    /// <summary>The model that answers.</summary>
    public string? Model { get; init; }

    /// <summary>When it began to.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Text for the reader; may be empty.</summary>
    public string Text { get; init; } = "";

    /// <summary>Pieces of function calls.</summary>
    public IReadOnlyList<ModelCallPiece> Calls { get; init; } = [];

    /// <summary>The tokens that this piece is made of, where they were asked for.</summary>
    public IReadOnlyList<TokenLogProbability> LogProbabilities { get; init; } = [];

    /// <summary>Why the answer ended, on its last piece.</summary>
    public ChatFinishReason? FinishReason { get; init; }

    /// <summary>Numbers of tokens, once an answer.</summary>
    public UsageDetails? Usage { get; init; }

    /// <summary>How the finished answer fits a schema of which a part could only be checked; null where all of it was enforced.</summary>
    public SchemaCheck? SchemaCheck { get; init; }

    /// <summary>What the transport made the piece from: the JSON that came, or the engine's chunk.</summary>
    public object? Raw { get; init; }
}
