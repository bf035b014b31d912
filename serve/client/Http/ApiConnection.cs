using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MhcPipeline.Client.Contract;

namespace MhcPipeline.Client.Http;

/// <summary>
/// Speaks to an OpenAI-compatible endpoint. Whatever goes wrong comes out as <see cref="MhcServiceException"/>, but for cancellation by the caller.
/// </summary>
internal sealed class ApiConnection : IDisposable
{
    /// <summary>A client may live as long as its program: so it learns of a server that moved to another address.</summary>
    public static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private readonly HttpClient _http;
    private readonly bool _owned;
    private readonly AuthenticationHeaderValue? _authorization;

    /// <param name="endpoint">The server's address, with or without v1 at its end.</param>
    /// <param name="apiKey">Sent as a bearer token; null sends none.</param>
    /// <param name="http">The client to use, which stays the caller's; null makes one that waits as long as the model takes.</param>
    public ApiConnection(Uri endpoint, string? apiKey, HttpClient? http)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("http" or "https"))
            throw new ArgumentException($"The endpoint must be an http or https address such as http://127.0.0.1:8080, but is '{endpoint}'.", nameof(endpoint));
        string path = endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/');
        Endpoint = new Uri(path.EndsWith("/v1", StringComparison.Ordinal) ? path + "/" : path + "/v1/");
        _owned = http is null;
        _http = http ?? new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = ConnectionLifetime }) { Timeout = Timeout.InfiniteTimeSpan };
        _authorization = apiKey is null ? null : new AuthenticationHeaderValue("Bearer", apiKey);
    }

    /// <summary>The address that the API's paths are below; ends with v1/.</summary>
    public Uri Endpoint { get; }

    /// <summary>The models that the endpoint serves.</summary>
    public async Task<IReadOnlyList<string>> ModelsAsync(CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(Endpoint, "models"));
        using HttpResponseMessage response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        ApiModels models = await ReadAsync(response, ApiJson.Default.ApiModels, cancellationToken).ConfigureAwait(false);
        return [.. (models.Data ?? []).Select(model => model.Id)];
    }

    /// <summary>One request, one whole answer.</summary>
    public async Task<(ApiResponse Answer, JsonElement Json)> AskAsync(ApiRequest body, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Post(body);
        using HttpResponseMessage response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        JsonElement json = await ReadAsync(response, ApiJson.Default.JsonElement, cancellationToken).ConfigureAwait(false);
        return (Parse(json), json);
    }

    /// <summary>One request, an answer in chunks; it must end with [DONE], or it was cut off.</summary>
    public async IAsyncEnumerable<(ApiResponse Chunk, JsonElement Json)> StreamAsync(ApiRequest body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Post(body);
        using HttpResponseMessage response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        IAsyncEnumerator<SseItem<string>> events = SseParser.Create(stream).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using ConfiguredAsyncDisposable closing = events.ConfigureAwait(false);
        while (await NextAsync(events, cancellationToken).ConfigureAwait(false))
        {
            string data = events.Current.Data;
            if (data == "[DONE]") yield break;
            JsonElement json = Json(data);
            yield return (Parse(json), json);
        }

        throw CutOff(inner: null);
    }

    public void Dispose()
    {
        if (_owned) _http.Dispose();
    }

    private HttpRequestMessage Post(ApiRequest body) => new(HttpMethod.Post, new Uri(Endpoint, body.Path))
    {
        // As bytes, so that the length is known: not every server reads chunked requests.
        Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, ApiJson.Default.ApiRequest))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        },
    };

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = _authorization;
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException failed)
        {
            throw new MhcServiceException($"No answer from {request.RequestUri}: {failed.Message}. Is the server running? `make serve` starts one.", failed);
        }
        catch (OperationCanceledException slow) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MhcServiceException($"No answer from {request.RequestUri} within {_http.Timeout.TotalSeconds:0.#} s.", slow);
        }

        if (response.IsSuccessStatusCode) return response;
        using (response) throw await RefusalAsync(response, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellationToken).ConfigureAwait(false) ?? throw new JsonException("The answer is null.");
        }
        catch (JsonException wrong)
        {
            throw NotTheApi(wrong);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            throw CutOff(broken);
        }
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<SseItem<string>> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            throw CutOff(broken);
        }
    }

    private JsonElement Json(string data)
    {
        try
        {
            return JsonSerializer.Deserialize(data, ApiJson.Default.JsonElement);
        }
        catch (JsonException wrong)
        {
            throw NotTheApi(wrong);
        }
    }

    private ApiResponse Parse(JsonElement json)
    {
        ApiResponse? chunk;
        try
        {
            chunk = json.Deserialize(ApiJson.Default.ApiResponse);
        }
        catch (JsonException wrong)
        {
            throw NotTheApi(wrong);
        }

        // The status line was sent long ago when a stream fails, so the failure comes as a chunk.
        if (chunk?.Error is { } error) throw Failure(error, HttpStatusCode.InternalServerError, fallback: "The answer failed.");
        return chunk ?? throw NotTheApi(inner: null);
    }

    private async Task<MhcServiceException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string fallback = $"{response.RequestMessage?.RequestUri} answered {(int)response.StatusCode} {response.ReasonPhrase}.";
        try
        {
            var body = await response.Content.ReadFromJsonAsync(ApiJson.Default.ApiResponse, cancellationToken).ConfigureAwait(false);
            return Failure(body?.Error, response.StatusCode, fallback);
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or HttpRequestException)
        {
            return Failure(error: null, response.StatusCode, fallback);
        }
    }

    private static MhcServiceException Failure(ApiError? error, HttpStatusCode status, string fallback) =>
        new(string.IsNullOrWhiteSpace(error?.Message) ? fallback : error.Message)
        {
            StatusCode = status,
            Code = error?.Code,
            Parameter = error?.Param,
        };

    private MhcServiceException CutOff(Exception? inner) => new($"{Endpoint} closed the connection before the answer was complete.", inner);

    private MhcServiceException NotTheApi(Exception? inner) =>
        new($"{Endpoint} did not answer as an OpenAI-compatible endpoint does{(inner is null ? "" : ": " + inner.Message)}", inner) { StatusCode = HttpStatusCode.OK };
}
