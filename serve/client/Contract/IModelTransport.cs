namespace MhcPipeline.Client.Contract;

/// <summary>The way to a model: an endpoint, or an engine in this process. Safe for concurrent use.</summary>
public interface IModelTransport : IAsyncDisposable
{
    /// <summary>The model's name.</summary>
    string ModelName { get; }

    /// <summary>Where the model is; null in this process.</summary>
    Uri? Endpoint { get; }

    /// <summary>Asks the model. The request goes out when the pieces are first asked for; leaving the enumeration early, or cancelling, ends the generation.</summary>
    /// <param name="request">The conversation or prompt, and how to answer.</param>
    /// <param name="cancellationToken">Ends the answer with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The answer's pieces; the last one with content has a finish reason.</returns>
    /// <exception cref="MhcServiceException">While enumerating: refused, not delivered, or cut off.</exception>
    IAsyncEnumerable<ModelPiece> AnswerAsync(ModelRequest request, CancellationToken cancellationToken);

    /// <summary>Looks whether the model can be asked, without asking it.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A line for a person, such as how many requests run.</returns>
    /// <exception cref="MhcServiceException">It cannot be asked; the message says why.</exception>
    Task<string> CheckAsync(CancellationToken cancellationToken);

    /// <summary>Something behind the transport, such as the engine; null where there is none of this type.</summary>
    object? GetService(Type serviceType);
}
