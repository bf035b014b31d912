using System.Text.Json;
using MhcPipeline.Serve.Tests.Fixtures;
using Xunit;

namespace MhcPipeline.Serve.Tests.Http;

public sealed class TokenizeTests
{
    [Fact]
    public async Task Tokens_and_text_are_each_others_inverse()
    {
        await using TestServer server = await TestServer.StartAsync("x");
        (_, JsonElement tokens) = await server.PostAsync("/v1/tokenize", """{"prompt": "né<|im_end|>", "return_token_strs": true}""");
        (_, JsonElement text) = await server.PostAsync("/v1/detokenize", $$"""{"tokens": {{tokens.GetProperty("tokens").GetRawText()}}}""");

        Assert.Equal(4, tokens.GetProperty("count").GetInt32());
        Assert.Equal(server.Engine.MaxContext, tokens.GetProperty("max_model_len").GetInt32());
        Assert.Equal(["n", "bytes:\\xc3", "bytes:\\xa9", "<|im_end|>"], tokens.GetProperty("token_strs").EnumerateArray().Select(token => token.GetString()));
        Assert.Equal("né<|im_end|>", text.GetProperty("prompt").GetString());
    }

    [Theory]
    [InlineData("/v1/tokenize", "{}", 400)]
    [InlineData("/v1/tokenize", """{"prompt": "x", "messages": []}""", 400)]
    [InlineData("/v1/tokenize", """{"prompt": "x", "model": "other"}""", 404)]
    [InlineData("/v1/tokenize", """{"prompt": "x", "unknown": 1}""", 400)]
    [InlineData("/v1/detokenize", "{}", 400)]
    [InlineData("/v1/detokenize", """{"tokens": [-1]}""", 400)]
    [InlineData("/v1/detokenize", """{"tokens": [5, 259]}""", 400)]
    [InlineData("/v1/detokenize", """{"tokens": "x"}""", 400)]
    [InlineData("/v1/embeddings", """{"input": "x"}""", 404)]
    public async Task What_cannot_be_done_is_refused(string path, string request, int expected)
    {
        await using TestServer server = await TestServer.StartAsync("x");
        (int status, JsonElement body) = await server.PostAsync(path, request);

        Assert.Equal(expected, status);
        Assert.NotEmpty(body.GetProperty("error").GetProperty("message").GetString()!);
    }
}
