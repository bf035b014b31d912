using System.Text.Json;
using MhcPipeline.Connector.SemanticKernel;
using Microsoft.SemanticKernel;
using Xunit;

namespace MhcPipeline.Connector.Tests.SemanticKernel;

public sealed class MhcPromptExecutionSettingsTests
{
    private static MhcPromptExecutionSettings Full() => new()
    {
        ServiceId = "s",
        ModelId = "m",
        ExtensionData = new Dictionary<string, object> { ["x"] = 1 },
        Temperature = 0.5f,
        TopP = 0.75f,
        TopK = 3,
        MinP = 0.125f,
        MaxTokens = 9,
        StopSequences = ["a"],
        Seed = 11,
        PresencePenalty = 0.25f,
        FrequencyPenalty = 1.5f,
        RepetitionPenalty = 1.25f,
        Strict = true,
    };

    [Fact]
    public void Loose_settings_are_read_by_name_with_numbers_as_text_too()
    {
        var settings = MhcPromptExecutionSettings.FromExecutionSettings(new PromptExecutionSettings
        {
            ServiceId = "s",
            ModelId = "m",
            ExtensionData = new Dictionary<string, object>
            {
                ["temperature"] = 0.5,
                ["top_p"] = "0.75",
                ["top_k"] = 3,
                ["min_p"] = 0.125f,
                ["max_tokens"] = "9",
                ["stop_sequences"] = new[] { "a" },
                ["seed"] = 11,
                ["presence_penalty"] = 0.25m,
                ["frequency_penalty"] = 1.5,
                ["repetition_penalty"] = 1.25,
                ["strict"] = true,
                ["x"] = 1,
            },
        });
        Assert.Equal(JsonSerializer.Serialize(Full()), JsonSerializer.Serialize(settings));
    }

    [Fact]
    public void Its_own_type_is_taken_as_it_is()
    {
        var settings = Full();
        Assert.Same(settings, MhcPromptExecutionSettings.FromExecutionSettings(settings));
    }

    [Fact]
    public void No_settings_leave_everything_to_the_model() =>
        Assert.Null(MhcPromptExecutionSettings.FromExecutionSettings(null).Temperature);

    [Fact]
    public void A_value_of_the_wrong_type_is_named()
    {
        PromptExecutionSettings loose = new() { ExtensionData = new Dictionary<string, object> { ["top_k"] = "many" } };
        Assert.Contains("top_k", Assert.Throws<ArgumentException>(() => MhcPromptExecutionSettings.FromExecutionSettings(loose)).Message);
    }

    [Fact]
    public void A_clone_is_equal_and_independent()
    {
        var settings = Full();
        settings.Freeze();
        var clone = (MhcPromptExecutionSettings)settings.Clone();
        Assert.Equal(JsonSerializer.Serialize(settings), JsonSerializer.Serialize(clone));
        clone.Temperature = 1;
        clone.StopSequences!.Add("b");
        Assert.Equal((0.5f, 1), (settings.Temperature, settings.StopSequences!.Count));
    }

    [Fact]
    public void Frozen_settings_refuse_changes()
    {
        var settings = Full();
        settings.Freeze();
        foreach (var property in typeof(MhcPromptExecutionSettings).GetProperties().Where(property => property.CanWrite && property.SetMethod!.IsPublic))
        {
            var error = Assert.ThrowsAny<Exception>(() => property.SetValue(settings, property.GetValue(settings)));
            Assert.IsType<InvalidOperationException>(error.InnerException);
        }
        Assert.Throws<NotSupportedException>(() => settings.StopSequences!.Add("b"));
    }
}
