namespace MhcPipeline.Serve.Api.Responses;

/// <summary>An event of a streamed response.</summary>
public sealed record ResponseEvent
{
    /// <summary>What happened, such as response.output_text.delta.</summary>
    public required string Type { get; init; }

    /// <summary>Number of the event, from 0.</summary>
    public required int SequenceNumber { get; init; }

    /// <summary>The response as a whole, of events that are about it.</summary>
    public Response? Response { get; init; }

    /// <summary>Number of the item in the output.</summary>
    public int? OutputIndex { get; init; }

    /// <summary>The item, of events that begin or end one.</summary>
    public ResponseItem? Item { get; init; }

    /// <summary>The item's name, of events that go on with it.</summary>
    public string? ItemId { get; init; }

    /// <summary>Number of the part in a message.</summary>
    public int? ContentIndex { get; init; }

    /// <summary>The part, of events that begin or end one.</summary>
    public ResponseContent? Part { get; init; }

    /// <summary>The next piece of text or arguments.</summary>
    public string? Delta { get; init; }

    /// <summary>A message's whole text.</summary>
    public string? Text { get; init; }

    /// <summary>A call's whole arguments.</summary>
    public string? Arguments { get; init; }
}
