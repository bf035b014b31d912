using MhcPipeline.Connector.SemanticKernel;
using MhcPipeline.Connector.Tests.Fakes;
using MhcPipeline.Core.Text;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;
using Microsoft.SemanticKernel.TextGeneration;
using Xunit;

namespace MhcPipeline.Connector.Tests.SemanticKernel;

public sealed class MhcChatCompletionServiceTests
{
    [Fact]
    public async Task A_chat_is_answered_with_model_reason_and_usage()
    {
        FakeGenerator generator = new("Hel", "lo");
        using MhcChatCompletionService service = new(new MhcChatClient(generator));
        ChatHistory history = new("be brief");
        history.AddUserMessage("hi");
        var answer = await service.GetChatMessageContentAsync(history, new MhcPromptExecutionSettings { MaxTokens = 4, MinP = 0.5f });

        Assert.Equal(("Hello", "fake", AuthorRole.Assistant), (answer.Content, answer.ModelId, answer.Role));
        Assert.Equal("stop", answer.Metadata!["FinishReason"]);
        Assert.Equal(2, Assert.IsType<UsageDetails>(answer.Metadata["Usage"]).OutputTokenCount);
        Assert.Equal([new ChatTurn("system", "be brief"), new("user", "hi")], generator.Turns);
        Assert.Equal((4, 0.5f), (generator.Request!.MaxTokens, generator.Request.Sampling.MinP));
    }

    [Fact]
    public async Task A_chat_streams_piece_by_piece()
    {
        using MhcChatCompletionService service = new(new MhcChatClient(new FakeGenerator("Hel", "lo")));
        List<StreamingChatMessageContent> parts = [];
        await foreach (var part in service.GetStreamingChatMessageContentsAsync("hi")) parts.Add(part);
        Assert.Equal(["Hel", "lo", ""], parts.Select(part => part.Content ?? ""));
        Assert.Equal("stop", parts[^1].Metadata!["FinishReason"]);
        Assert.All(parts, part => Assert.Equal(AuthorRole.Assistant, part.Role));
    }

    [Fact]
    public async Task A_text_is_continued_without_the_chat_template()
    {
        FakeGenerator generator = new(" upon", " a time");
        using MhcChatCompletionService service = new(new MhcChatClient(generator));
        Assert.Equal(" upon a time", (await service.GetTextContentAsync("Once")).Text);
        Assert.Equal("Once", generator.Text);
        Assert.Empty(generator.Turns);

        string streamed = "";
        await foreach (var part in service.GetStreamingTextContentsAsync("Once")) streamed += part.Text;
        Assert.Equal(" upon a time", streamed);
    }

    [Fact]
    public void It_names_model_and_endpoint()
    {
        using MhcChatCompletionService local = new(new MhcChatClient(new FakeGenerator()));
        using MhcChatCompletionService remote = new(new MhcHttpChatClient(new Uri("http://127.0.0.1:1"), "m"));
        Assert.Equal(("fake", null), (local.GetModelId(), local.GetEndpoint()));
        Assert.Equal(("m", "http://127.0.0.1:1/v1/"), (remote.GetModelId(), remote.GetEndpoint()));
    }

    [Fact]
    public async Task Disposing_the_service_disposes_the_client()
    {
        FakeGenerator generator = new();
        await new MhcChatCompletionService(new MhcChatClient(generator)).DisposeAsync();
        Assert.Equal(1, generator.Disposed);
    }
}
