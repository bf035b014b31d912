using System.Net;
using System.Runtime.CompilerServices;
using MhcPipeline.Connector.Chat;
using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;
using Microsoft.Extensions.AI;

namespace MhcPipeline.Connector;

/// <summary>
/// Chats with an exported run in this process. Safe for concurrent use: the engine runs a few requests side by side and queues the rest.
/// Supported options: temperature (greedy where left out), top-p, top-k, penalties, seed, output tokens, stop sequences, instructions, and the
/// additional properties <c>min_p</c> and <c>repetition_penalty</c>. Tools, JSON response formats, stored conversations and content other
/// than text are refused with <see cref="NotSupportedException"/>.
/// </summary>
public sealed class MhcChatClient : IChatClient, IAsyncDisposable, ITextModel
{
    private readonly ITokenGenerator _generator;
    private readonly InferenceEngine? _engine;
    private readonly ChatClientMetadata _metadata;

    /// <summary>Chats with an engine that is loaded already.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="ownsEngine">Whether disposing the client disposes the engine.</param>
    public MhcChatClient(InferenceEngine engine, bool ownsEngine = false)
        : this(new EngineGenerator(engine ?? throw new ArgumentNullException(nameof(engine)), ownsEngine)) =>
        _engine = engine;

    internal MhcChatClient(ITokenGenerator generator)
    {
        _generator = generator;
        _metadata = new ChatClientMetadata("mhc", providerUri: null, generator.ModelName);
    }

    /// <summary>Loads a run and chats with it; disposing the client unloads it.</summary>
    /// <param name="runFolder">The run's folder, such as <c>runs/default</c>.</param>
    /// <param name="options">Threads, slots, queue and context; defaults where null.</param>
    /// <exception cref="PipelineException">Something is missing (and which make target makes it) or damaged.</exception>
    public static MhcChatClient Load(string runFolder, EngineOptions? options = null) => new(InferenceEngine.Load(runFolder, options), ownsEngine: true);

    /// <inheritdoc />
    /// <exception cref="MhcServiceException">A value is out of range, the prompt is longer than the context, the queue is full, or the model failed.</exception>
    /// <exception cref="NotSupportedException">The request asks for something that the model does not do.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    /// <exception cref="MhcServiceException">A value is out of range, the prompt is longer than the context, the queue is full, or the model failed.</exception>
    /// <exception cref="NotSupportedException">The request asks for something that the model does not do.</exception>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<ChatTurn> turns = Conversation.ToTurns(messages, options);
        ModelOptions model = ModelOptions.From(options, _generator.ModelName);
        return GenerateAsync(() => _generator.EncodeChat(turns), model, cancellationToken);
    }

    /// <inheritdoc />
    IAsyncEnumerable<ChatResponseUpdate> ITextModel.ContinueAsync(string prompt, ChatOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ModelOptions model = ModelOptions.From(options, _generator.ModelName);
        return GenerateAsync(() => _generator.EncodeText(prompt), model, cancellationToken);
    }

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        return serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType == typeof(InferenceEngine) ? _engine
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Unloads the engine where the client owns it.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Unloads the engine where the client owns it.</summary>
    public ValueTask DisposeAsync() => _generator.DisposeAsync();

    private async IAsyncEnumerable<ChatResponseUpdate> GenerateAsync(
        Func<IReadOnlyList<int>> encode, ModelOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        AnswerUpdates answer = new(_generator.ModelName, $"mhc-{Guid.NewGuid():N}", DateTimeOffset.UtcNow);
        GenerationRequest request = null!;
        IAsyncEnumerator<GenerationChunk> chunks = Refusals(() => _generator.GenerateAsync(request = ToRequest(encode(), options), cancellationToken)).GetAsyncEnumerator(cancellationToken);
        await using ConfiguredAsyncDisposable closing = chunks.ConfigureAwait(false);
        while (await NextAsync(chunks).ConfigureAwait(false))
        {
            GenerationChunk chunk = chunks.Current;
            if (chunk.FinishReason is FinishReason.Cancelled)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new MhcServiceException("The engine was closed while it was answering.");
            }

            if (chunk.Text.Length > 0) yield return answer.Text(chunk.Text);
            if (chunk.FinishReason is { } reason)
                yield return answer.End(reason is FinishReason.Length ? ChatFinishReason.Length : ChatFinishReason.Stop, request.Prompt.Count, chunk.CachedTokens, chunk.GeneratedTokens);
        }
    }

    private static GenerationRequest ToRequest(IReadOnlyList<int> prompt, ModelOptions options)
    {
        SamplingOptions off = new();
        return new GenerationRequest
        {
            Prompt = prompt,
            MaxTokens = options.MaxTokens ?? int.MaxValue,
            Stop = options.Stop,
            Sampling = new SamplingOptions
            {
                Temperature = options.Temperature,
                TopP = options.TopP ?? off.TopP,
                TopK = options.TopK ?? off.TopK,
                MinP = options.MinP ?? off.MinP,
                RepetitionPenalty = options.RepetitionPenalty ?? off.RepetitionPenalty,
                PresencePenalty = options.PresencePenalty ?? off.PresencePenalty,
                FrequencyPenalty = options.FrequencyPenalty ?? off.FrequencyPenalty,
                Seed = options.Seed,
            },
        };
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<GenerationChunk> chunks)
    {
        try
        {
            return await chunks.MoveNextAsync().ConfigureAwait(false);
        }
        catch (PipelineException failed)
        {
            throw new MhcServiceException(failed.Message, failed) { StatusCode = HttpStatusCode.InternalServerError };
        }
    }

    /// <summary>The engine's refusals under the one type that both clients throw.</summary>
    private static T Refusals<T>(Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (InvalidRequestException wrong)
        {
            throw new MhcServiceException(wrong.Message, wrong) { StatusCode = HttpStatusCode.BadRequest, Code = wrong.Code, Parameter = wrong.Parameter };
        }
        catch (EngineBusyException busy)
        {
            throw new MhcServiceException(busy.Message, busy) { StatusCode = HttpStatusCode.TooManyRequests };
        }
    }
}
