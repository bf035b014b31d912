using System.ComponentModel;

namespace MhcPipeline.Serve.Api;

/// <summary>Options of a streamed answer.</summary>
public sealed record StreamOptions
{
    /// <summary>Ends the stream with a chunk that has the numbers of tokens.</summary>
    public bool? IncludeUsage { get; init; }

    /// <summary>Pads chunks against guesses from their lengths; not supported.</summary>
    [Description("Not supported: it may be false.")]
    public bool? IncludeObfuscation { get; init; }
}
