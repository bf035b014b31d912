namespace MhcPipeline.Serve.Api;

/// <summary>Options of a streamed answer.</summary>
public sealed record StreamOptions
{
    /// <summary>Ends the stream with a chunk that has the numbers of tokens.</summary>
    public bool? IncludeUsage { get; init; }
}
