using System.ComponentModel;
using System.Text.Json;
using MhcPipeline.Connector.SemanticKernel;
using MhcPipeline.Connector.Tests.Fakes;
using MhcPipeline.Core.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Xunit;

namespace MhcPipeline.Connector.Tests.SemanticKernel;

/// <summary>Semantic Kernel's own function calling around our client, with the real engine.</summary>
public sealed class FunctionCallingTests
{
    private const string Question = "How many chairs are there?";

    /// <summary>Calls the function, and says its result when it has it.</summary>
    private static string CallThenSay(string prompt)
    {
        int result = prompt.LastIndexOf("<|im_start|>tool\n", StringComparison.Ordinal);
        return result < 0
            ? ToolText.Call("", [("desk_stock", """{"item":"chair"}""")])
            : $"There are {prompt[(result + "<|im_start|>tool\n".Length)..].Split('<')[0]}.";
    }

    private sealed class DeskPlugin
    {
        public List<string> Asked { get; } = [];

        [KernelFunction("stock"), Description("How many there are.")]
        public int Stock(string item)
        {
            Asked.Add(item);
            return 7;
        }
    }

    private sealed class Recorder : IAutoFunctionInvocationFilter, IFunctionInvocationFilter
    {
        public List<string> Seen { get; } = [];

        public bool Terminates { get; init; }

        public async Task OnAutoFunctionInvocationAsync(AutoFunctionInvocationContext context, Func<AutoFunctionInvocationContext, Task> next)
        {
            Seen.Add($"auto {context.Function.Name} {context.Arguments!["item"]}");
            await next(context);
            context.Terminate = Terminates;
        }

        public async Task OnFunctionInvocationAsync(FunctionInvocationContext context, Func<FunctionInvocationContext, Task> next)
        {
            await next(context);
            Seen.Add($"function {context.Function.Name} = {context.Result}");
        }
    }

    private static (Kernel Kernel, DeskPlugin Desk) KernelOf(ServedModel served, Recorder? filter = null)
    {
        IKernelBuilder builder = Kernel.CreateBuilder();
        _ = served.Address is { } address ? builder.AddMhcChatCompletion(address, "scripted") : builder.AddMhcChatCompletion(served.Engine);
        DeskPlugin desk = new();
        builder.Plugins.AddFromObject(desk, "desk");
        if (filter is not null)
        {
            builder.Services.AddSingleton<IAutoFunctionInvocationFilter>(filter);
            builder.Services.AddSingleton<IFunctionInvocationFilter>(filter);
        }
        return (builder.Build(), desk);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Functions_are_called_and_their_results_answered(bool overHttp)
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp, CallThenSay);
        (Kernel kernel, DeskPlugin desk) = KernelOf(served);
        MhcPromptExecutionSettings settings = new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };
        Assert.Equal("There are 7.", (await kernel.InvokePromptAsync(Question, new(settings))).ToString());
        Assert.Equal(["chair"], desk.Asked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Functions_are_called_in_the_middle_of_a_stream(bool overHttp)
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp, CallThenSay);
        (Kernel kernel, DeskPlugin desk) = KernelOf(served);
        MhcPromptExecutionSettings settings = new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };
        List<StreamingKernelContent> parts = await kernel.InvokePromptStreamingAsync(Question, new(settings)).ToListAsync();
        Assert.Equal("There are 7.", string.Concat(parts.Select(part => part.ToString())));
        Assert.True(parts.Count > 5);
        Assert.Equal(["chair"], desk.Asked);
    }

    [Fact]
    public async Task Settings_of_another_type_call_functions_too()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, CallThenSay);
        (Kernel kernel, DeskPlugin desk) = KernelOf(served);
        PromptExecutionSettings settings = new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(), ExtensionData = new Dictionary<string, object> { ["max_tokens"] = 200 } };
        Assert.Equal("There are 7.", (await kernel.InvokePromptAsync(Question, new(settings))).ToString());
        Assert.Equal(["chair"], desk.Asked);
    }

    [Fact]
    public async Task A_call_that_is_not_made_for_the_caller_is_the_callers_to_make()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, CallThenSay);
        (Kernel kernel, DeskPlugin desk) = KernelOf(served);
        var chat = kernel.GetRequiredService<IChatCompletionService>();
        ChatHistory history = [new ChatMessageContent(AuthorRole.User, Question)];
        MhcPromptExecutionSettings settings = new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(autoInvoke: false) };

        ChatMessageContent answer = await chat.GetChatMessageContentAsync(history, settings, kernel);
        FunctionCallContent call = Assert.Single(FunctionCallContent.GetFunctionCalls(answer));
        Assert.Empty(desk.Asked);
        Assert.Equal("desk_stock", call.FunctionName);

        history.Add(answer);
        history.Add(new FunctionResultContent(call, await kernel.InvokeAsync<int>("desk", "stock", call.Arguments)).ToChatMessage());
        Assert.Equal("There are 7.", (await chat.GetChatMessageContentAsync(history, settings, kernel)).Content);
        Assert.Equal(["chair"], desk.Asked);
    }

    [Fact]
    public async Task Where_none_may_be_called_the_model_is_told_of_functions_and_answers_in_text()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, _ => "I would look it up.");
        (Kernel kernel, DeskPlugin desk) = KernelOf(served);
        MhcPromptExecutionSettings settings = new() { FunctionChoiceBehavior = FunctionChoiceBehavior.None() };
        Assert.Equal("I would look it up.", (await kernel.InvokePromptAsync(Question, new(settings))).ToString());
        Assert.Empty(desk.Asked);
        Assert.Contains("desk_stock", Assert.Single(served.Prompts));
    }

    [Fact]
    public async Task Where_one_must_be_called_the_first_answer_calls_and_the_next_is_free()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, prompt => prompt.Contains("<|im_start|>tool") ? "Seven." : "chair\"}}");
        (Kernel kernel, DeskPlugin desk) = KernelOf(served);
        MhcPromptExecutionSettings settings = new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Required(), MaxTokens = 400 };
        Assert.Equal("Seven.", (await kernel.InvokePromptAsync(Question, new(settings))).ToString());
        Assert.NotEmpty(desk.Asked);
    }

    [Fact]
    public async Task Filters_see_each_call()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, CallThenSay);
        Recorder recorder = new();
        (Kernel kernel, _) = KernelOf(served, recorder);
        await kernel.InvokePromptAsync(Question, new(new MhcPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() }));
        Assert.Equal(["auto stock chair", "function stock = 7"], recorder.Seen[..2]);
    }

    [Fact]
    public async Task A_filter_may_end_the_loop()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, CallThenSay);
        (Kernel kernel, DeskPlugin desk) = KernelOf(served, new Recorder { Terminates = true });
        await kernel.InvokePromptAsync(Question, new(new MhcPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() }));
        Assert.Single(desk.Asked);
        Assert.Single(served.Prompts);
    }

    public sealed record Invoice(string Number, decimal Total);

    [Fact]
    public async Task A_prompts_answer_has_the_type_that_its_settings_ask_for()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, """{"number":"F-1","total":2.50}""");
        (Kernel kernel, _) = KernelOf(served);
        MhcPromptExecutionSettings settings = new() { ResponseFormat = Microsoft.Extensions.AI.ChatResponseFormat.ForJsonSchema<Invoice>() };
        string answer = (await kernel.InvokePromptAsync("Read this.", new(settings))).ToString();
        Assert.Equal(new Invoice("F-1", 2.50m), JsonSerializer.Deserialize<Invoice>(answer, JsonSerializerOptions.Web));
    }

    [Fact]
    public async Task A_schema_of_a_prompt_file_is_kept_to()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, "yes, certainly");
        (Kernel kernel, _) = KernelOf(served);
        KernelFunction function = kernel.CreateFunctionFromPrompt(PromptTemplateConfig.FromJson(
            """
            {"template": "Is it one?", "execution_settings": {"default": {"max_tokens": 50, "response_format": {"type": "object", "properties": {"is": {"type": "boolean"}}, "required": ["is"], "additionalProperties": false}}}}
            """));
        string answer = (await kernel.InvokeAsync(function)).ToString();
        Assert.Contains(answer, (string[])["""{"is":true}""", """{"is":false}"""]);
    }

    [Fact]
    public async Task Cancelling_a_prompt_ends_it()
    {
        using CancellationTokenSource source = new();
        int steps = 0;
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, _ => new string('x', 3000), beforeStep: () =>
        {
            if (++steps == 5) source.Cancel();
        });
        (Kernel kernel, _) = KernelOf(served);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => kernel.InvokePromptAsync("hi", cancellationToken: source.Token));
    }

    [Fact]
    public async Task A_chat_is_answered_with_model_reason_and_usage()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: true, "Hello");
        (Kernel kernel, _) = KernelOf(served);
        ChatHistory history = new("be brief");
        history.AddUserMessage("hi");
        ChatMessageContent answer = await kernel.GetRequiredService<IChatCompletionService>().GetChatMessageContentAsync(history, new MhcPromptExecutionSettings { MaxTokens = 4 }, kernel);
        Assert.Equal(("Hell", "scripted", AuthorRole.Assistant), (answer.Content, answer.ModelId, answer.Role));
        Assert.Equal("<|im_start|>system\nbe brief<|im_end|>\n<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n", Assert.Single(served.Prompts));
        Assert.Equal(4, Assert.IsType<Microsoft.Extensions.AI.UsageDetails>(answer.Metadata!["Usage"]).OutputTokenCount);
    }
}
