using MhcPipeline.Client;
using MhcPipeline.Connector.SemanticKernel;
using MhcPipeline.Connector.Tests.Fakes;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Services;
using Microsoft.SemanticKernel.TextGeneration;
using Xunit;

namespace MhcPipeline.Connector.Tests.SemanticKernel;

public sealed class MhcTextGenerationServiceTests
{
    private static readonly MhcPromptExecutionSettings _one = new() { MaxTokens = 1 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_text_is_continued_with_model_reason_and_usage(bool overHttp)
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp, "x");
        var text = await new MhcTextGenerationService(served.Client).GetTextContentAsync("Once", _one);
        Assert.Equal(("x", "scripted", "length"), (text.Text, text.ModelId, text.Metadata!["FinishReason"]));
        Assert.Equal(1, Assert.IsType<UsageDetails>(text.Metadata["Usage"]).OutputTokenCount);
        Assert.Equal("Once", Assert.Single(served.Prompts));
    }

    [Fact]
    public async Task A_text_streams_piece_by_piece()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, "x");
        List<StreamingTextContent> parts = await new MhcTextGenerationService(served.Client).GetStreamingTextContentsAsync("Once", _one).ToListAsync();
        Assert.Equal("x", string.Concat(parts.Select(part => part.Text)));
        Assert.Equal("length", parts[^1].Metadata!["FinishReason"]);
    }

    [Fact]
    public async Task A_prompt_that_carries_a_choice_of_functions_is_continued_without()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, "x");
        MhcPromptExecutionSettings settings = new() { MaxTokens = 1, FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };
        Assert.Equal("x", (await new MhcTextGenerationService(served.Client).GetTextContentAsync("Once", settings)).Text);
    }

    [Fact]
    public async Task It_names_model_and_endpoint()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, "x");
        MhcTextGenerationService near = new(served.Client), far = new(new MhcChatClient(new Uri("http://127.0.0.1:1"), "m"));
        Assert.Equal(("scripted", null), (near.GetModelId(), near.GetEndpoint()));
        Assert.Equal(("m", "http://127.0.0.1:1/v1/"), (far.GetModelId(), far.GetEndpoint()));
    }
}
