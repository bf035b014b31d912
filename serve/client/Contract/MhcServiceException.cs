using System.Net;

namespace MhcPipeline.Client.Contract;

/// <summary>
/// A request that the model did not answer, by whichever way it was reached: refused, not delivered, or cut off.
/// The message says what happened and is fit to be shown.
/// </summary>
/// <param name="message">What happened, and what to do where something can be done.</param>
/// <param name="inner">The cause, if another exception is behind it.</param>
public sealed class MhcServiceException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The HTTP status, or the one that the server would have given for the same refusal in process; null where nothing was answered.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>A word for programs, such as <c>context_length_exceeded</c>.</summary>
    public string? Code { get; init; }

    /// <summary>The parameter at fault, as the OpenAI API spells it.</summary>
    public string? Parameter { get; init; }

    /// <summary>Whether the same request may succeed later: the server was busy, failing, or not reached.</summary>
    public bool IsTransient => StatusCode is null or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError;
}
