namespace MhcPipeline.Constraints;

/// <summary>Calls that an answer may or must have.</summary>
public sealed record CallSet
{
    /// <summary>The kinds of call.</summary>
    public required IReadOnlyList<CallForm> Calls { get; init; }

    /// <summary>Begins every call; any other text is free of it.</summary>
    public required string Begin { get; init; }

    /// <summary>Behind the arguments of every call.</summary>
    public required string Tail { get; init; }

    /// <summary>Between two calls.</summary>
    public string Separator { get; init; } = "\n";

    /// <summary>Whether the answer is calls and nothing else.</summary>
    public bool Required { get; init; }

    /// <summary>Whether there may be more than one call.</summary>
    public bool Parallel { get; init; }

    /// <summary>What an answer without calls has to be; null for any text, which may then stand before calls too.</summary>
    public Constraint? Text { get; init; }
}
