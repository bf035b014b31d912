using System.Text;
using MhcPipeline.Client;
using MhcPipeline.Connector;
using MhcPipeline.Connector.SemanticKernel;
using MhcPipeline.Engine;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.TextGeneration;
using Xunit;

namespace MhcPipeline.EndToEnd.Tests;

/// <summary>The connector on the smoke model: in this process, over HTTP, and from Semantic Kernel.</summary>
[Collection(SmokeRunCollection.Name)]
public sealed class ConnectorTests(SmokeRun run)
{
    private const string Question = "Invoice\nDate: 08.01.2025\nCustomer: Tameo Quinley\nTotal: 677.82 USD\n\nWho is the customer?";
    private static readonly ChatOptions _greedy = new() { Temperature = 0, MaxOutputTokens = 24 };

    [Fact]
    public async Task In_process_and_over_HTTP_the_model_says_the_same()
    {
        await using var inProcess = InferenceEngine.Load(run.Folder).AsChatClient(ownsEngine: true);
        using var overHttp = new MhcChatClient(run.Address, "smoke");
        ChatResponse near = await inProcess.GetResponseAsync(Question, _greedy);
        ChatResponse far = await overHttp.GetResponseAsync(Question, _greedy);
        Assert.NotEqual("", near.Text);
        Assert.Equal(near.Text, far.Text);
        Assert.Equal(near.FinishReason, far.FinishReason);
        Assert.Equal(near.Usage!.InputTokenCount, far.Usage!.InputTokenCount);
        Assert.Equal(near.Usage.OutputTokenCount, far.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task Streamed_updates_add_up_to_the_whole_answer()
    {
        using var client = new MhcChatClient(run.Address, "smoke");
        var streamed = new StringBuilder();
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(Question, _greedy))
            streamed.Append(update.Text);
        Assert.Equal((await client.GetResponseAsync(Question, _greedy)).Text, streamed.ToString());
    }

    [Fact]
    public async Task Semantic_Kernel_chats_with_a_run_folder()
    {
        Kernel kernel = Kernel.CreateBuilder().AddMhcChatCompletion(run.Folder).Build();
        var history = new ChatHistory();
        history.AddUserMessage(Question);
        var settings = new MhcPromptExecutionSettings { Temperature = 0, MaxTokens = 24 };
        Microsoft.SemanticKernel.ChatMessageContent answer = await kernel.GetRequiredService<IChatCompletionService>().GetChatMessageContentAsync(history, settings, kernel);
        Assert.Equal(AuthorRole.Assistant, answer.Role);

        using var client = new MhcChatClient(run.Address, "smoke");
        Assert.Equal((await client.GetResponseAsync(Question, _greedy)).Text, answer.Content);
    }

    [Fact]
    public async Task Semantic_Kernel_generates_text_over_HTTP()
    {
        Kernel kernel = Kernel.CreateBuilder().AddMhcTextGeneration(run.Address, "smoke").Build();
        Microsoft.SemanticKernel.TextContent text = await kernel.GetRequiredService<ITextGenerationService>().GetTextContentAsync("Order", new MhcPromptExecutionSettings { MaxTokens = 8 }, kernel);
        Assert.NotEqual("", text.Text);
    }

    [Fact]
    public void The_sample_application_reads_its_documents_over_HTTP()
    {
        string output = Path.Combine(Path.GetDirectoryName(run.Folder)!, "orders.csv");
        using StageProgram sample = StageProgram.StartOrderDesk("--endpoint", run.Address.ToString(), "--output", output);
        sample.Finish();
        Assert.True(File.ReadAllLines(output).Length > 2);
    }
}
