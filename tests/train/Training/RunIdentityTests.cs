using System.Text.Json.Nodes;
using MhcPipeline.Core.Presets;
using MhcPipeline.Train.Training;
using Xunit;

namespace MhcPipeline.Train.Tests.Training;

public sealed class RunIdentityTests
{
    private static readonly string _preset = Preset.Load("smoke").ToJson();
    private static readonly RunIdentity _begun = new("default", _preset, "mhc", "f00", "a.txt", 1);

    [Fact]
    public void The_same_settings_do_not_differ_however_their_preset_is_spelt() => Assert.Null(_begun.DifferenceTo(_begun with { Preset = "./presets/default.json" }));

    [Theory]
    [InlineData("training", "checkpoint_every", 19)]
    [InlineData("training", "eval_every", 3)]
    [InlineData("training", "gains_every", 1)]
    [InlineData("training", "steps", 7)]
    [InlineData("training", "minutes", 2)]
    [InlineData("training", "recompute", true)]
    [InlineData("model", "connection", "hc")]
    public void Settings_that_change_no_weight_do_not_count(string section, string field, object value) => Assert.Null(_begun.DifferenceTo(Edited((section, field, value))));

    [Fact]
    public void All_settings_that_differ_are_named_with_both_values() => Assert.Equal(
        "model.hc_eps 1E-06, now 0.001; training.optimizer adamw, now muon; training.weight_decay 0.1, now 0.25",
        _begun.DifferenceTo(Edited(("training", "optimizer", "muon"), ("training", "weight_decay", 0.25), ("model", "hc_eps", 0.001), ("training", "eval_every", 9))));

    public static TheoryData<RunIdentity, string> Differences => new()
    {
        { _begun with { Connection = "residual" }, "connection mhc, now residual" },
        { _begun with { Seed = 2 }, "seed 1, now 2" },
        { _begun with { Seed = 2, Connection = "hc", Data = "other" }, "connection mhc, now hc; seed 1, now 2" },
        { _begun with { Data = "bar", DataPath = "b.txt" }, "data a.txt, now b.txt" },
        { _begun with { Data = "bar" }, "data a.txt as it was then; it, or the tokenizer, has changed since" },
    };

    [Theory]
    [MemberData(nameof(Differences))]
    public void A_difference_is_named_with_both_values(RunIdentity now, string expected) => Assert.Equal(expected, _begun.DifferenceTo(now));

    private static RunIdentity Edited(params (string Section, string Field, object Value)[] edits)
    {
        JsonNode json = JsonNode.Parse(_preset)!;
        foreach ((string section, string field, object value) in edits)
            json[section]![field] = JsonValue.Create(value);
        return _begun with { PresetJson = json.ToJsonString() };
    }
}
