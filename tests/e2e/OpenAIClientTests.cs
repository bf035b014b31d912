using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Models;
using Xunit;

namespace MhcPipeline.EndToEnd.Tests;

/// <summary>The official OpenAI client against our server.</summary>
[Collection(SmokeRunCollection.Name)]
public sealed class OpenAIClientTests(SmokeRun run)
{
    private static readonly ChatCompletionOptions _greedy = new() { Temperature = 0, MaxOutputTokenCount = 24 };
    private readonly OpenAIClient _client = new(new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(run.Address, "v1") });

    [Fact]
    public async Task The_model_is_listed_under_the_run_folders_name()
    {
        OpenAIModelCollection models = await _client.GetOpenAIModelClient().GetModelsAsync();
        Assert.Equal("smoke", Assert.Single(models).Id);
    }

    [Fact]
    public async Task Chat_streamed_says_the_same_as_chat_at_once()
    {
        ChatClient chat = _client.GetChatClient("smoke");
        ChatMessage[] messages = [new UserChatMessage("Classify this document.\n\nInvoice 4711 for Jörg Müller, 12 €.")];

        ChatCompletion whole = await chat.CompleteChatAsync(messages, _greedy);
        var streamed = new StringBuilder();
        ChatFinishReason? reason = null;
        await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync(messages, _greedy))
        {
            foreach (ChatMessageContentPart part in update.ContentUpdate)
                streamed.Append(part.Text);
            reason ??= update.FinishReason;
        }

        Assert.Equal(ChatMessageRole.Assistant, whole.Role);
        Assert.Equal(string.Concat(whole.Content.Select(part => part.Text)), streamed.ToString());
        Assert.Equal(whole.FinishReason, reason);
        Assert.InRange(whole.Usage.OutputTokenCount, 1, 24);
        Assert.True(whole.Usage.InputTokenCount > 10);
    }

    [Fact]
    public async Task The_same_seed_samples_the_same_text()
    {
        ChatClient chat = _client.GetChatClient("smoke");
        ChatMessage[] messages = [new UserChatMessage("Hello")];
        var first = (await chat.CompleteChatAsync(messages, Sampled(1))).Value.Content[0].Text;
        var again = (await chat.CompleteChatAsync(messages, Sampled(1))).Value.Content[0].Text;
        var other = (await chat.CompleteChatAsync(messages, Sampled(2))).Value.Content[0].Text;
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);

#pragma warning disable OPENAI001 // Seed is marked as experimental in the client
        static ChatCompletionOptions Sampled(int seed) => new() { Temperature = 1.5f, MaxOutputTokenCount = 24, Seed = seed };
#pragma warning restore OPENAI001
    }

    [Fact]
    public async Task Log_probabilities_come_with_their_alternatives()
    {
        var options = new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 4, IncludeLogProbabilities = true, TopLogProbabilityCount = 3 };
        ChatCompletion completion = await _client.GetChatClient("smoke").CompleteChatAsync([new UserChatMessage("Hello")], options);
        Assert.NotEmpty(completion.ContentTokenLogProbabilities);
        Assert.All(completion.ContentTokenLogProbabilities, token =>
        {
            Assert.Equal(3, token.TopLogProbabilities.Count);
            Assert.InRange(token.LogProbability, -30, 0);
            Assert.True(token.TopLogProbabilities[0].LogProbability >= token.TopLogProbabilities[2].LogProbability);
        });
    }

    [Fact]
    public async Task A_text_completion_streamed_says_the_same_as_at_once()
    {
        using JsonDocument whole = JsonDocument.Parse(await PostCompletion("""{"model":"smoke","prompt":"Order","max_tokens":16,"temperature":0,"echo":true}"""));
        string text = whole.RootElement.GetProperty("choices")[0].GetProperty("text").GetString()!;
        Assert.StartsWith("Order", text, StringComparison.Ordinal);

        string events = Encoding.UTF8.GetString(await PostCompletion("""{"model":"smoke","prompt":"Order","max_tokens":16,"temperature":0,"echo":true,"stream":true}"""));
        string[] data = [.. events.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line[6..])];
        Assert.Equal("[DONE]", data[^1]);
        Assert.Equal(text, string.Concat(data[..^1].Select(json => JsonDocument.Parse(json).RootElement.GetProperty("choices")[0].GetProperty("text").GetString())));
    }

    [Fact]
    public async Task An_unknown_model_is_the_clients_own_kind_of_error()
    {
        var error = await Assert.ThrowsAsync<ClientResultException>(() => _client.GetChatClient("gpt-4").CompleteChatAsync([new UserChatMessage("Hello")]));
        Assert.Equal(404, error.Status);
        Assert.Contains("gpt-4", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The client has no typed text completions any more; its own pipeline still sends them.</summary>
    private async Task<byte[]> PostCompletion(string json)
    {
        using PipelineMessage message = _client.Pipeline.CreateMessage();
        message.Request.Method = "POST";
        message.Request.Uri = new Uri(run.Address, "v1/completions");
        message.Request.Headers.Set("Content-Type", "application/json");
        message.Request.Content = BinaryContent.Create(BinaryData.FromString(json));
        await _client.Pipeline.SendAsync(message);
        Assert.Equal(200, message.Response!.Status);
        return message.Response.Content.ToArray();
    }
}
