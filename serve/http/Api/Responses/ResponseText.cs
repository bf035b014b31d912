namespace MhcPipeline.Serve.Api.Responses;

/// <summary>Options of a response's text.</summary>
public sealed record ResponseText
{
    /// <summary>What it has to be.</summary>
    public ResponseTextFormat? Format { get; init; }
}
