using System.Text;
using System.Text.Json;
using MhcPipeline.Engine;
using MhcPipeline.Serve.Api;
using MhcPipeline.Serve.Hosting;
using MhcPipeline.Serve.Model;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace MhcPipeline.Serve.Tests.Fixtures;

/// <summary>The real server on a free port, with any engine.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestServer(WebApplication app, InferenceEngine engine, string url)
    {
        _app = app;
        Engine = engine;
        Client = new HttpClient { BaseAddress = new Uri(url) };
    }

    public HttpClient Client { get; }

    public InferenceEngine Engine { get; }

    public static Task<TestServer> StartAsync(string script) => StartAsync(new ScriptedModel(script).Engine());

    public static async Task<TestServer> StartAsync(InferenceEngine engine, GenerationDefaults? defaults = null)
    {
        var options = new ServeOptions { Run = "unused", Port = 0 };
        var model = new ServedModel(engine, defaults ?? new GenerationDefaults { Temperature = 0 }, DateTimeOffset.UnixEpoch, [new ExamplePrompt("Greet", "Say hello.")]);
        WebApplication app = ServerApplication.Build(model, options);
        return new TestServer(app, engine, await ServerApplication.StartAsync(app, options));
    }

    public async Task<(int Status, JsonElement Body)> PostAsync(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await Client.PostAsync(path, content);
        return ((int)response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    /// <summary>The data of each event of a stream.</summary>
    public async Task<List<string>> StreamAsync(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await Client.PostAsync(path, content);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        string body = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(await response.Content.ReadAsByteArrayAsync());
        Assert.EndsWith("\n\n", body, StringComparison.Ordinal);
        return [.. body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            Assert.StartsWith("data: ", line, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', line);
            return line["data: ".Length..];
        })];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Engine.DisposeAsync(); // first, so that texts of tests that went away end at once
        await _app.DisposeAsync();
    }
}
