namespace MhcPipeline.Core.Text;

/// <summary>
/// One piece of training data: plain text or a conversation, never both. A long plain-text document
/// comes as several items, all but the last with <see cref="Continues"/> set.
/// </summary>
public sealed record TextItem
{
    /// <summary>Plain text; null for a conversation.</summary>
    public string? Text { get; init; }

    /// <summary>The turns of a conversation; null for plain text.</summary>
    public IReadOnlyList<ChatTurn>? Messages { get; init; }

    /// <summary>Where it came from, as <c>file:line</c> of its first line.</summary>
    public required string Origin { get; init; }

    /// <summary>Whether the same document goes on in the next item.</summary>
    public bool Continues { get; init; }
}
