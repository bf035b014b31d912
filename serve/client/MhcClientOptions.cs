namespace MhcPipeline.Client;

/// <summary>Which server a client asks. Bound from a configuration section of these names, and validated when the application starts.</summary>
public sealed class MhcClientOptions
{
    /// <summary>The server's address, such as <c>http://127.0.0.1:8080</c>, with or without <c>/v1</c>. Required.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The model's name, as the server's <c>/v1/models</c> lists it. Required.</summary>
    public string? Model { get; set; }

    /// <summary>Sent as a bearer token; null sends none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Longest wait for the beginning of an answer; of one that is not streamed, for all of it. Null waits as long as the model takes.</summary>
    public TimeSpan? Timeout { get; set; }
}
