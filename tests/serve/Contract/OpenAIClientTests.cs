using System.ClientModel;
using System.ComponentModel;
using System.Text;
using System.Text.Json;
using MhcPipeline.Serve.Tests.Fixtures;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;
using Xunit;
using ChatFinishReason = OpenAI.Chat.ChatFinishReason;
using ChatMessage = OpenAI.Chat.ChatMessage;
using ChatResponseFormat = OpenAI.Chat.ChatResponseFormat;

#pragma warning disable OPENAI001 // the client marks responses as experimental

namespace MhcPipeline.Serve.Tests.Contract;

/// <summary>The official client for .NET, and Microsoft.Extensions.AI's helpers above it.</summary>
public sealed class OpenAIClientTests : IAsyncLifetime
{
    private const string Order = """{"type":"object","properties":{"item":{"enum":["chair","table"]},"count":{"type":"integer","minimum":1,"maximum":99}},"required":["item","count"],"additionalProperties":false}""";
    private const string Item = """{"type":"object","properties":{"item":{"type":"string"}},"required":["item"],"additionalProperties":false}""";

    private static readonly ChatMessage[] _question = [new UserChatMessage("How many chairs are there?")];
    private static readonly ChatTool _stock = ChatTool.CreateFunctionTool("stock", "Looks up.", BinaryData.FromString(Item), functionSchemaIsStrict: true);

    private TestServer _server = null!;
    private OpenAIClient _client = null!;

    private ChatClient Chat => _client.GetChatClient("scripted");

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync(ReplyingModel.WithTools().Engine());
        _client = new OpenAIClient(new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(_server.Client.BaseAddress!, "v1") });
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_schema_holds()
    {
        var options = new ChatCompletionOptions { ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("order", BinaryData.FromString(Order), jsonSchemaIsStrict: true) };
        ChatCompletion answer = await Chat.CompleteChatAsync(_question, options);

        JsonElement order = JsonDocument.Parse(answer.Content[0].Text).RootElement;
        Assert.Equal("chair", order.GetProperty("item").GetString());
        Assert.InRange(order.GetProperty("count").GetInt32(), 1, 99);
    }

    [Fact]
    public async Task A_call_is_answered_and_the_answer_read()
    {
        var options = new ChatCompletionOptions { Tools = { _stock } };
        ChatCompletion asked = await Chat.CompleteChatAsync(_question, options);
        ChatToolCall call = Assert.Single(asked.ToolCalls);
        ChatCompletion told = await Chat.CompleteChatAsync([.. _question, new AssistantChatMessage(asked), new ToolChatMessage(call.Id, "7")], options);

        Assert.Equal(ChatFinishReason.ToolCalls, asked.FinishReason);
        Assert.Equal("""{"item":"chair"}""", call.FunctionArguments.ToString());
        Assert.Equal("There are 7.", told.Content[0].Text);
    }

    [Fact]
    public async Task A_call_comes_in_pieces()
    {
        var options = new ChatCompletionOptions { Tools = { _stock }, ToolChoice = ChatToolChoice.CreateFunctionChoice("stock") };
        var arguments = new StringBuilder();
        ChatFinishReason? reason = null;
        await foreach (StreamingChatCompletionUpdate update in Chat.CompleteChatStreamingAsync(_question, options))
        {
            foreach (StreamingChatToolCallUpdate piece in update.ToolCallUpdates)
                arguments.Append(piece.FunctionArgumentsUpdate);
            reason ??= update.FinishReason;
        }

        Assert.Equal("""{"item":"chair"}""", arguments.ToString());
        Assert.Equal(ChatFinishReason.ToolCalls, reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Functions_are_called_by_the_library(bool throughResponses)
    {
        int calls = 0;
        using IChatClient client = (throughResponses ? _client.GetResponsesClient().AsIChatClient("scripted") : Chat.AsIChatClient()).AsBuilder().UseFunctionInvocation().Build();
        AIFunction stock = AIFunctionFactory.Create(([Description("What.")] string item) => item == "chair" ? ++calls + 6 : 0, "stock", "Looks up.");

        Microsoft.Extensions.AI.ChatResponse answer = await client.GetResponseAsync("How many chairs are there?", new ChatOptions { Tools = [stock] });

        Assert.Equal("There are 7.", answer.Text);
        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_type_of_dotnet_s_is_read_back(bool throughResponses)
    {
        using IChatClient client = throughResponses ? _client.GetResponsesClient().AsIChatClient("scripted") : Chat.AsIChatClient();
        ChatResponse<Ordered> answer = await client.GetResponseAsync<Ordered>("What is ordered?");

        Assert.True(Enum.IsDefined(answer.Result.Item));
    }

    [Fact]
    public async Task A_response_streamed_says_the_same_as_at_once()
    {
        ResponsesClient responses = _client.GetResponsesClient();
        ResponseResult whole = await responses.CreateResponseAsync("scripted", "Hi");
        var streamed = new StringBuilder();
        await foreach (StreamingResponseUpdate update in await responses.CreateResponseStreamingAsync("scripted", "Hi"))
        {
            if (update is StreamingResponseOutputTextDeltaUpdate piece)
                streamed.Append(piece.Delta);
        }

        Assert.Equal("Hello there.", whole.GetOutputText());
        Assert.Equal(ResponseStatus.Completed, whole.Status);
        Assert.Equal("Hello there.", streamed.ToString());
    }

    private enum Thing
    {
        Chair,
        Table,
    }

    private sealed record Ordered(Thing Item, bool Express);
}
