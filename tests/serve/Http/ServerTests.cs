using System.Net;
using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Serve.Hosting;
using MhcPipeline.Serve.Model;
using MhcPipeline.Serve.Tests.Fixtures;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace MhcPipeline.Serve.Tests.Http;

public sealed class ServerTests
{
    [Fact]
    public async Task Models_are_listed_and_described()
    {
        await using TestServer server = await TestServer.StartAsync("x");
        JsonElement list = await GetAsync(server, "/v1/models"), one = await GetAsync(server, "/v1/models/scripted");
        Assert.Equal("list", list.GetProperty("object").GetString());
        Assert.Equal("scripted", list.GetProperty("data")[0].GetProperty("id").GetString());
        Assert.Equal("model", one.GetProperty("object").GetString());
    }

    [Fact]
    public async Task Health_says_what_runs()
    {
        await using TestServer server = await TestServer.StartAsync("x");
        JsonElement health = await GetAsync(server, "/health");
        Assert.Equal("ok", health.GetProperty("status").GetString());
        Assert.Equal(4096, health.GetProperty("max_context").GetInt32());
        Assert.Equal(0, health.GetProperty("running").GetInt32());
    }

    [Fact]
    public async Task Health_says_how_often_prompts_were_found_in_the_cache()
    {
        await using TestServer server = await TestServer.StartAsync("x");
        foreach (string prompt in (string[])["0123456789", "01234567"])
        {
            await server.PostAsync("/v1/completions", $$"""{"model": "scripted", "prompt": "{{prompt}}"}""");
        }
        JsonElement statistics = (await GetAsync(server, "/health")).GetProperty("statistics");
        Assert.Equal(2, statistics.GetProperty("requests").GetInt32());
        Assert.Equal(18, statistics.GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(7, statistics.GetProperty("cached_tokens").GetInt32());
        Assert.Equal(7.0 / 18, statistics.GetProperty("hit_rate").GetDouble());
    }

    [Fact]
    public async Task The_open_api_document_describes_bodies_and_errors()
    {
        await using TestServer server = await TestServer.StartAsync("x");
        JsonElement document = await GetAsync(server, "/openapi/v1.json");
        Assert.StartsWith("3.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        JsonElement chat = document.GetProperty("paths").GetProperty("/v1/chat/completions").GetProperty("post");
        Assert.True(chat.GetProperty("requestBody").GetProperty("content").TryGetProperty("application/json", out _));
        Assert.True(chat.GetProperty("responses").TryGetProperty("400", out _));
        JsonElement schemas = document.GetProperty("components").GetProperty("schemas");
        Assert.Equal(2, schemas.GetProperty("CompletionRequest").GetProperty("properties").GetProperty("stop").GetProperty("oneOf").GetArrayLength());
        Assert.True(schemas.GetProperty("ChatRequest").GetProperty("properties").TryGetProperty("max_completion_tokens", out _));
    }

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/app.css", "text/css")]
    [InlineData("/app.js", "text/javascript")]
    [InlineData("/icon.svg", "image/svg+xml")]
    public async Task The_page_comes_from_the_program_itself_under_a_strict_policy(string path, string type)
    {
        await using TestServer server = await TestServer.StartAsync("x");
        using HttpResponseMessage response = await server.Client.GetAsync(path);
        string content = await response.Content.ReadAsStringAsync();
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("https://", content, StringComparison.Ordinal);
        Assert.DoesNotContain("innerHTML", content, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        using var again = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { response.Headers.ETag! } } };
        Assert.Equal(HttpStatusCode.NotModified, (await server.Client.SendAsync(again)).StatusCode);
    }

    [Fact]
    public async Task Examples_are_offered()
    {
        await using TestServer server = await TestServer.StartAsync("x");
        Assert.Equal("Say hello.", (await GetAsync(server, "/examples"))[0].GetProperty("prompt").GetString());
    }

    [Fact]
    public async Task A_taken_port_is_one_clear_error()
    {
        await using TestServer first = await TestServer.StartAsync("x");
        var options = new ServeOptions { Run = "unused", Port = first.Client.BaseAddress!.Port };
        await using WebApplication second = ServerApplication.Build(new ServedModel(first.Engine, new GenerationDefaults(), DateTimeOffset.UnixEpoch, []), options);
        PipelineException error = await Assert.ThrowsAsync<PipelineException>(() => ServerApplication.StartAsync(second, options));
        Assert.Contains($"Port {options.Port}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exported_run_is_served_with_its_examples_and_defaults()
    {
        using var scratch = new ScratchFolder();
        TinyRun.Write(scratch.Path);
        var run = new RunFolder(scratch.Path);
        File.WriteAllText(run.GenerationConfigJson, """{"do_sample": false}""");
        File.WriteAllText(run.HeldOutFile, """
            {"task": "answer", "messages": [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Me"}]}
            {"task": "extract", "messages": [{"role": "user", "content": "Fields?"}, {"role": "assistant", "content": "{}"}]}
            """);
        ServedModel model = ServerApplication.LoadModel(new ServeOptions { Run = scratch.Path });
        await using TestServer server = await TestServer.StartAsync(model.Engine, model.Defaults);
        (int status, JsonElement body) = await server.PostAsync("/v1/chat/completions", $$"""{"model": "{{run.Name}}", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 8}""");
        (_, JsonElement again) = await server.PostAsync("/v1/chat/completions", $$"""{"model": "{{run.Name}}", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 8}""");
        Assert.Equal(200, status);
        Assert.Equal(body.GetProperty("choices").GetRawText(), again.GetProperty("choices").GetRawText());
        Assert.Equal(["Fields?", "Who?"], model.Examples.Select(example => example.Prompt));
    }

    [Fact]
    public void Examples_show_one_item_of_each_task_and_no_document_twice()
    {
        using var scratch = new ScratchFolder();
        var run = new RunFolder(scratch.Path);
        File.WriteAllText(run.HeldOutFile, string.Join('\n', new[] { ("classify", "One"), ("extract", "One"), ("extract", "Two"), ("extract", "Three"), ("answer", "Far too long to be an example"), ("answer", "Four") }
            .Select(item => $$"""{"task": "{{item.Item1}}", "messages": [{"role": "user", "content": "{{item.Item2}}\n\nDo {{item.Item1}}."}]}""")));
        Assert.Equal(["Two\n\nDo extract.", "Four\n\nDo answer.", "One\n\nDo classify."], ExamplePrompts.Load(run, longest: 25).Select(example => example.Prompt));
    }

    [Theory]
    [InlineData("""{}""", 1f)]
    [InlineData("""{"do_sample": false, "temperature": 0.6}""", 0f)]
    [InlineData("""{"do_sample": true, "temperature": 0.6}""", 0.6f)]
    public void Defaults_come_from_the_runs_generation_config(string json, float temperature)
    {
        using var scratch = new ScratchFolder();
        string path = Path.Combine(scratch.Path, "generation_config.json");
        File.WriteAllText(path, json);
        Assert.Equal(temperature, GenerationDefaults.Load(path).Temperature);
    }

    private static async Task<JsonElement> GetAsync(TestServer server, string path) => JsonDocument.Parse(await server.Client.GetStringAsync(path)).RootElement;
}
