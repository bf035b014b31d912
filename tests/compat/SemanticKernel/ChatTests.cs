using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;
using Xunit;

namespace MhcPipeline.Compat.Tests.SemanticKernel;

public sealed class ChatTests
{
    private readonly EchoService _service = new("echo");

    [Fact]
    public async Task A_prompt_is_one_user_message() => Assert.Equal("HELLO", (await _service.GetChatMessageContentAsync("hello")).Content);

    [Fact]
    public async Task A_chat_service_is_a_chat_client()
    {
        using var client = _service.AsChatClient();
        var response = await client.GetResponseAsync("hi", new ChatOptions { Temperature = 0.5f, StopSequences = ["x"], ModelId = "m" });
        Assert.Equal(("HI", "echo"), (response.Text, response.ModelId));
        Assert.Equal(0.5f, _service.Settings!.ExtensionData!["temperature"]);
        Assert.Equal(new ChatClientMetadata("EchoService", new Uri("http://127.0.0.1:1/"), "echo").DefaultModelId, client.GetModelId());
        Assert.Same(_service, client.GetService<IChatCompletionService>());
    }

    [Fact]
    public async Task A_chat_service_streams_as_a_chat_client()
    {
        using var client = _service.AsChatClient();
        Assert.Equal("ABC", (await client.GetStreamingResponseAsync("abc").ToChatResponseAsync()).Text);
    }

    [Fact]
    public async Task There_and_back_a_chat_client_is_a_chat_service()
    {
        using var client = _service.AsChatClient();
        var service = client.AsChatCompletionService();
        Assert.Equal(("echo", "http://127.0.0.1:1/"), (service.GetModelId(), service.GetEndpoint()));
        Assert.Equal("HI", (await service.GetChatMessageContentAsync(new ChatHistory("hi", AuthorRole.User))).Content);

        List<string?> parts = [];
        await foreach (var part in service.GetStreamingChatMessageContentsAsync("ab")) parts.Add(part.Content);
        Assert.Equal(["A", "B"], parts);
    }

    [Fact]
    public void Content_is_the_first_text_of_a_message()
    {
        ChatMessageContent message = new(AuthorRole.User, content: null);
        Assert.Null(message.Content);
        message.Content = "a";
        message.Items.Add(new Microsoft.SemanticKernel.TextContent("b"));
        message.Content = "c";
        Assert.Equal(["c", "b"], message.Items.Select(item => item.ToString()!));
    }

    [Fact]
    public void Roles_are_equal_without_regard_to_case() => Assert.Equal(AuthorRole.System, new AuthorRole("SYSTEM"));

    [Fact]
    public void A_history_starts_with_its_system_message()
    {
        ChatHistory history = new("be brief");
        history.AddUserMessage("hi");
        history.AddAssistantMessage("yes");
        Assert.Equal([AuthorRole.System, AuthorRole.User, AuthorRole.Assistant], history.Select(message => message.Role));
    }
}
