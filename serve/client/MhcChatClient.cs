using MhcPipeline.Client.Contract;
using MhcPipeline.Client.Http;
using MhcPipeline.Client.Mapping;
using Microsoft.Extensions.AI;

namespace MhcPipeline.Client;

/// <summary>
/// Chats with an mHC model: one that mhc-serve (or another OpenAI-compatible server) serves, or, given its transport, one in this process. Both ways map
/// the same requests in the same way. Safe for concurrent use. Cancelling, or leaving a stream early, ends the generation.
/// </summary>
/// <remarks>
/// Supported options: functions as tools and their choice, JSON and JSON schema as response format, temperature (greedy where left out), top-p, top-k, penalties,
/// seed, output tokens, stop sequences, instructions, and the additional properties <c>min_p</c>, <c>repetition_penalty</c>, <c>logprobs</c>, <c>top_logprobs</c>,
/// <c>strict</c> and <c>structured_outputs</c>. What it returns under <c>logprobs</c> is a list of <see cref="TokenLogProbability"/>, under <c>schema_check</c> a <see cref="SchemaCheck"/>.
/// Hosted tools, stored conversations and content other than text are refused with <see cref="NotSupportedException"/>.
/// Calling functions, caching, logging and telemetry are for the clients of Microsoft.Extensions.AI to put around it.
/// </remarks>
public sealed class MhcChatClient : IChatClient, IAsyncDisposable
{
    private readonly IModelTransport _transport;
    private readonly ChatClientMetadata _metadata;
    private bool _disposed;

    /// <summary>Chats with one model of a server; nothing is sent before the first request.</summary>
    /// <param name="endpoint">The server's address, such as <c>http://127.0.0.1:8080</c>, with or without <c>/v1</c>.</param>
    /// <param name="modelId">The model's name, as the server's <c>/v1/models</c> lists it.</param>
    /// <param name="apiKey">Sent as a bearer token; null sends none.</param>
    /// <param name="httpClient">The client to send with, which stays the caller's and whose time limit applies; null makes one without a time limit.</param>
    /// <exception cref="ArgumentException">The endpoint is no http or https address, or the model's name is empty.</exception>
    public MhcChatClient(Uri endpoint, string modelId, string? apiKey = null, HttpClient? httpClient = null)
        : this(new HttpTransport(new ApiConnection(endpoint, apiKey, httpClient), modelId))
    {
    }

    /// <summary>Chats with the model that a transport reaches.</summary>
    /// <param name="transport">The way to the model; disposed with the client.</param>
    public MhcChatClient(IModelTransport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        _transport = transport;
        _metadata = new ChatClientMetadata("mhc", transport.Endpoint, transport.ModelName);
    }

    /// <summary>Asks a server which model it serves, and chats with the first.</summary>
    /// <param name="endpoint">The server's address, such as <c>http://127.0.0.1:8080</c>, with or without <c>/v1</c>.</param>
    /// <param name="apiKey">Sent as a bearer token; null sends none.</param>
    /// <param name="httpClient">The client to send with, which stays the caller's; null makes one without a time limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="MhcServiceException">The server cannot be reached, refuses, or serves no model.</exception>
    public static async Task<MhcChatClient> ConnectAsync(
        Uri endpoint, string? apiKey = null, HttpClient? httpClient = null, CancellationToken cancellationToken = default)
    {
        ApiConnection api = new(endpoint, apiKey, httpClient);
        try
        {
            var models = await api.ModelsAsync(cancellationToken).ConfigureAwait(false);
            return new MhcChatClient(new HttpTransport(api, models.FirstOrDefault() ?? throw new MhcServiceException($"{api.Endpoint} serves no model.")));
        }
        catch
        {
            api.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    /// <exception cref="MhcServiceException">Refused (a value out of range, a prompt longer than the context, a full queue), not delivered, or cut off.</exception>
    /// <exception cref="NotSupportedException">The request asks for something that no model of ours does.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await AnswerMapping.ToResponseAsync(UpdatesAsync(RequestMapping.Chat(messages, options, this, _transport.ModelName), cancellationToken), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    /// <exception cref="MhcServiceException">Refused (a value out of range, a prompt longer than the context, a full queue), not delivered, or cut off.</exception>
    /// <exception cref="NotSupportedException">The request asks for something that no model of ours does.</exception>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        UpdatesAsync(RequestMapping.Chat(messages, options, this, _transport.ModelName) with { Stream = true }, cancellationToken);

    /// <summary>Continues plain text, without the chat template.</summary>
    /// <param name="prompt">The text to continue.</param>
    /// <param name="options">As for a chat, but without tools, response format and log-probabilities.</param>
    /// <param name="cancellationToken">Ends the generation.</param>
    /// <returns>The continuation, piece by piece, with the same endings as a chat answer.</returns>
    /// <exception cref="MhcServiceException">While enumerating: refused, not delivered, or cut off.</exception>
    /// <exception cref="NotSupportedException">The options ask for something that continuing a text does not do.</exception>
    public IAsyncEnumerable<ChatResponseUpdate> ContinueAsync(string prompt, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return UpdatesAsync(RequestMapping.Text(prompt, options, this, _transport.ModelName) with { Stream = true }, cancellationToken);
    }

    /// <summary>Looks whether the model can be asked, without asking it.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A line for a person.</returns>
    /// <exception cref="MhcServiceException">It cannot be asked; the message says why.</exception>
    public Task<string> CheckAsync(CancellationToken cancellationToken = default) => _transport.CheckAsync(cancellationToken);

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        return serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : _transport.GetService(serviceType);
    }

    /// <summary>Disposes the transport: closes connections, or unloads an engine that it owns.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Disposes the transport: closes connections, or unloads an engine that it owns.</summary>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _disposed, true) ? ValueTask.CompletedTask : _transport.DisposeAsync();

    private IAsyncEnumerable<ChatResponseUpdate> UpdatesAsync(ModelRequest request, CancellationToken cancellationToken) =>
        AnswerMapping.ToUpdates(_transport.AnswerAsync(request, cancellationToken), _transport.ModelName, cancellationToken);
}
