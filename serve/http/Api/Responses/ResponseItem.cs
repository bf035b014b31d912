namespace MhcPipeline.Serve.Api.Responses;

/// <summary>One item of a response's output: a message, or the call of a function.</summary>
public sealed record ResponseItem
{
    /// <summary>message or function_call.</summary>
    public required string Type { get; init; }

    /// <summary>Name of the item.</summary>
    public required string Id { get; init; }

    /// <summary>in_progress, completed or incomplete.</summary>
    public required string Status { get; init; }

    /// <summary>assistant, of a message.</summary>
    public string? Role { get; init; }

    /// <summary>What a message says.</summary>
    public IReadOnlyList<ResponseContent>? Content { get; init; }

    /// <summary>Names a call, for its result to refer to.</summary>
    public string? CallId { get; init; }

    /// <summary>The function of a call.</summary>
    public string? Name { get; init; }

    /// <summary>A JSON object as text, of a call.</summary>
    public string? Arguments { get; init; }
}
