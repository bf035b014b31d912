namespace MhcPipeline.Serve.Hosting;

/// <summary>What the command line says.</summary>
internal sealed record ServeOptions
{
    public required string Run { get; init; }

    public string Host { get; init; } = "127.0.0.1";

    /// <summary>0 takes a free port.</summary>
    public int Port { get; init; } = 8080;

    public int Threads { get; init; }

    public int Slots { get; init; } = 8;

    public int MaxQueue { get; init; } = 64;

    public int Context { get; init; }

    public int PrefillChunk { get; init; } = 128;

    public bool PrefixCache { get; init; } = true;

    public bool Cuda { get; init; }
}
