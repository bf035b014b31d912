namespace MhcPipeline.Constraints;

/// <summary>What a compiled grammar allows and how much it may take.</summary>
public sealed record CompileOptions
{
    /// <summary>Whether a schema with a keyword that cannot be enforced token by token is refused.</summary>
    public bool Strict { get; init; }

    /// <summary>The most white space at one place between the parts of JSON, in characters. None by default: models run away in it.</summary>
    public int WhiteSpace { get; init; }

    /// <summary>The order of an object's keys.</summary>
    public KeyOrder KeyOrder { get; init; }

    /// <summary>The longest source, in UTF-16 code units.</summary>
    public int MaxSource { get; init; } = 1_000_000;

    /// <summary>Arrays and objects in one another, in an answer: 64 is what System.Text.Json reads.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>States of patterns, those that many ways of reading a text come together in counted several times.</summary>
    public int MaxStates { get; init; } = 100_000;

    /// <summary>How long a compilation may take.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromSeconds(10);
}
