using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Xunit;

namespace MhcPipeline.Compat.Tests.SemanticKernel;

public sealed class SettingsTests
{
    [Fact]
    public void Extension_data_becomes_chat_options_by_name()
    {
        PromptExecutionSettings settings = new()
        {
            ModelId = "m",
            ExtensionData = new Dictionary<string, object>
            {
                ["temperature"] = 0.25,
                ["top_p"] = "0.5",
                ["top_k"] = 3,
                ["seed"] = 7,
                ["max_tokens"] = 9,
                ["stop_sequences"] = new[] { "x", "y" },
                ["response_format"] = "json_object",
                ["min_p"] = 0.125,
            },
        };
        var options = settings.ToChatOptions(kernel: null);
        Assert.Equal((0.25f, 0.5f, 3, 7L, 9, "m"), (options.Temperature, options.TopP, options.TopK, options.Seed, options.MaxOutputTokens, options.ModelId));
        Assert.Equal(["x", "y"], options.StopSequences!);
        Assert.Same(ChatResponseFormat.Json, options.ResponseFormat);
        Assert.Equal(0.125, options.AdditionalProperties!["min_p"]);
    }

    [Fact]
    public void No_settings_are_no_options() => Assert.Null(((PromptExecutionSettings?)null).ToChatOptions(kernel: null));

    [Fact]
    public void Frozen_settings_refuse_changes_and_their_clone_does_not()
    {
        PromptExecutionSettings settings = new() { ModelId = "m", ExtensionData = new Dictionary<string, object> { ["a"] = 1 } };
        settings.Freeze();
        Assert.Throws<InvalidOperationException>(() => settings.ModelId = "n");
        Assert.Throws<NotSupportedException>(() => settings.ExtensionData!["b"] = 2);

        var clone = settings.Clone();
        clone.ExtensionData!["b"] = 2;
        Assert.Equal(("m", 2), (clone.ModelId, clone.ExtensionData.Count));
    }

    [Fact]
    public void Two_settings_of_one_service_are_refused() =>
        Assert.Throws<ArgumentException>(() => new KernelArguments([new PromptExecutionSettings(), new PromptExecutionSettings()]));
}
