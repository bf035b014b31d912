using MhcPipeline.Core;
using MhcPipeline.Core.Presets;
using MhcPipeline.Tokenization;
using MhcPipeline.Train.Command;
using MhcPipeline.Train.Training;
using Xunit;

namespace MhcPipeline.Train.Tests.Command;

public sealed class RunPlanTests
{
    [Fact]
    public void More_streams_than_a_connection_takes_are_refused_before_data_is_prepared()
    {
        using var folder = new TemporaryFolder();
        string preset = folder["wide.json"];
        string smoke = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "presets", "smoke.json"));
        File.WriteAllText(preset, smoke.Replace("\"hidden_size\"", "\"hc_mult\": 6, \"hidden_size\"", StringComparison.Ordinal));

        Assert.Equal("identity", RunPlan.Make(Options(preset, "identity"), found: null).Connection);
        var error = Assert.Throws<PipelineException>(() => RunPlan.Make(Options(preset, "mhc_lite"), found: null));
        Assert.Contains("hc_mult is 6; it must be from 1 to 4 with connection mhc_lite", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_that_is_not_known_is_refused_with_those_that_are()
    {
        var error = Assert.Throws<PipelineException>(() => RunPlan.Make(Options("smoke", "hyper"), found: null));
        Assert.Contains("hc, identity, mhc, mhc_lite, residual", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_goes_on_from_the_preset_of_its_checkpoint_when_the_file_is_gone_or_edited()
    {
        using var folder = new TemporaryFolder();
        string file = folder["mine.json"];
        File.WriteAllText(file, Preset.Load("smoke").ToJson());
        RunState begun = Begun(file, RunPlan.Make(new() { Run = "r", Preset = file, Steps = 40 }, found: null).Preset, data: "text.txt", seed: 5, steps: 40);
        File.Delete(file);

        RunPlan plan = RunPlan.Make(new() { Run = "r" }, begun);

        Assert.Equal((file, "text.txt", 5L, 40L), (plan.PresetSource, plan.Data, plan.Seed, plan.Steps));
        Assert.Equal(Preset.Load("smoke").Model, plan.Preset.Model);
        Assert.Null(begun.Identity.DifferenceTo(plan.Identity(begun.Identity.Data)));
        Assert.Null(plan.Origin);
    }

    [Fact]
    public void A_fresh_run_begins_with_what_its_tokenizer_was_trained_from_and_says_so()
    {
        var tokenizer = new TrainedFrom { Preset = "smoke", Data = "own.txt", Kind = "bpe", VocabSize = 512, Seed = 9 };
        RunPlan plan = RunPlan.Make(new() { Run = "r" }, found: null, tokenizer);
        Assert.Equal(("smoke", "own.txt", 9L), (plan.PresetSource, plan.Data, plan.Seed));
        Assert.Contains("Preset smoke, own.txt", plan.Origin, StringComparison.Ordinal);
        RunPlan chosen = RunPlan.Make(new() { Run = "r", Preset = "default" }, found: null, tokenizer);
        Assert.Equal(("default", (string?)null, 1L), (chosen.PresetSource, chosen.Data, chosen.Seed));
    }

    [Fact]
    public void A_run_that_is_begun_anew_keeps_what_it_was_begun_with_but_reads_the_preset_again()
    {
        using var folder = new TemporaryFolder();
        string file = folder["mine.json"];
        File.WriteAllText(file, Preset.Load("smoke").ToJson());
        RunState begun = Begun(file, Preset.Load(file), data: "text.txt", seed: 5, steps: 40);
        File.WriteAllText(file, (Preset.Load(file) with { Training = Preset.Load(file).Training with { LearningRate = 0.125 } }).ToJson());

        RunPlan plan = RunPlan.Make(new() { Run = "r", Restart = true }, begun);

        Assert.Equal((file, "text.txt", 5L, 0.125), (plan.PresetSource, plan.Data, plan.Seed, plan.Preset.Training.LearningRate));
        Assert.Null(plan.Saved);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("model.safetensors.index.json")]
    [InlineData("pytorch_model.bin")]
    public void Weights_that_no_training_here_can_go_on_from_are_not_replaced_unless_asked(string file)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[file], "weights");
        var options = new TrainOptions { Run = folder.Path, Preset = "smoke", Seed = 3 };

        var error = Assert.Throws<PipelineException>(() => new Resuming(new RunFolder(folder.Path), RunPlan.Make(options, found: null), options).RequireOwnWeights());

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains($"mhc-train --run {folder.Path} --preset smoke --seed 3 --restart", error.Message, StringComparison.Ordinal);
        options = options with { Restart = true };
        new Resuming(new RunFolder(folder.Path), RunPlan.Make(options, found: null), options).RequireOwnWeights();
    }

    private static RunState Begun(string source, Preset preset, string? data, long seed, long steps) =>
        new() { Step = 10, TotalSteps = steps, Identity = new RunIdentity(source, preset.ToJson(), preset.Model.Connection, "f00", data, seed) };

    private static TrainOptions Options(string preset, string connection) => new() { Run = "runs/none", Preset = preset, Connection = connection };
}
