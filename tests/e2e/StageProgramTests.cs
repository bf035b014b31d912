using Xunit;

namespace MhcPipeline.EndToEnd.Tests;

/// <summary>How the programs behave on the command line.</summary>
public sealed class StageProgramTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mhc-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Help_is_exit_code_0_and_names_the_options()
    {
        foreach (Func<string[], StageProgram> start in Programs())
        {
            using StageProgram program = start(["--help"]);
            Assert.Contains("--run", program.Finish(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_unknown_option_is_exit_code_2()
    {
        foreach (Func<string[], StageProgram> start in Programs())
        {
            using StageProgram program = start(["--run", _folder, "--no-such-option"]);
            Assert.Contains("--no-such-option", program.Finish(exitCode: 2), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_stage_without_the_stage_before_is_exit_code_1_and_names_the_target_to_run()
    {
        foreach ((StageProgram program, string target) in new[]
        {
            (StageProgram.StartTrain("--run", _folder), "make tokenizer"),
            (StageProgram.StartExport("--run", _folder), "make train"),
            (StageProgram.StartServe("--run", _folder), "make train"),
        })
        {
            using (program)
            {
                string output = program.Finish(exitCode: 1);
                Assert.Contains(target, output, StringComparison.Ordinal);
                Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
            }
        }
    }

    [InterruptFact]
    public async Task Training_interrupted_saves_says_so_by_its_exit_code_and_resumes_where_it_stopped()
    {
        string run = Path.Combine(_folder, "interrupted");
        using (StageProgram tokenizer = StageProgram.StartTokenizer("--run", run, "--preset", "smoke"))
            tokenizer.Finish();
        using (StageProgram train = StageProgram.StartTrain("--run", run, "--preset", "smoke", "--steps", "100000"))
        {
            while (!File.Exists(Path.Combine(run, "metrics.jsonl")) || !File.ReadAllText(Path.Combine(run, "metrics.jsonl")).Contains("\"loss\"", StringComparison.Ordinal))
            {
                Assert.False(train.HasExited, train.Output);
                await Task.Delay(20);
            }
            train.Interrupt();
            Assert.Contains("make train", train.Finish(exitCode: 130), StringComparison.Ordinal);
        }
        using (StageProgram train = StageProgram.StartTrain("--run", run, "--preset", "smoke", "--steps", "100000", "--minutes", "0.01"))
            Assert.Contains("resum", train.Finish(), StringComparison.OrdinalIgnoreCase);
        Assert.True(File.Exists(Path.Combine(run, "model.safetensors")));
    }

    [Fact]
    public void A_model_that_needs_more_memory_than_there_is_is_refused_in_one_line_before_anything_is_written()
    {
        string run = Path.Combine(_folder, "large"), preset = Path.Combine(_folder, "large.json");
        File.WriteAllText(preset, """
            { "tokenizer": { "kind": "char" }, "data": { "corpus": "business-documents", "examples": 50, "held_out": 2 },
              "model": { "hidden_size": 16384, "intermediate_size": 32768, "num_hidden_layers": 96, "num_attention_heads": 128, "max_position_embeddings": 64 },
              "training": { "steps": 2, "batch_size": 2, "block_size": 32, "learning_rate": 0.001 } }
            """);
        using (StageProgram tokenizer = StageProgram.StartTokenizer("--run", run, "--preset", preset))
            tokenizer.Finish();
        string[] before = Directory.GetFileSystemEntries(run);
        using StageProgram train = StageProgram.StartTrain("--run", run, "--preset", preset);
        string line = Assert.Single(train.Finish(exitCode: 1).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.Contains("model.hidden_size", line, StringComparison.Ordinal);
        Assert.Equal(before.Order(), Directory.GetFileSystemEntries(run).Order());
    }

    [Fact]
    public void A_run_shorter_than_its_warm_up_says_so_and_learns()
    {
        string run = Path.Combine(_folder, "short");
        using (StageProgram tokenizer = StageProgram.StartTokenizer("--run", run, "--preset", "smoke"))
            tokenizer.Finish();
        using StageProgram train = StageProgram.StartTrain("--run", run, "--preset", "smoke", "--steps", "4");
        string output = train.Finish();
        Assert.Single(output.Split('\n'), line => line.Contains("training.warmup_steps", StringComparison.Ordinal));
        Assert.Single(output.Split('\n'), line => line.StartsWith("Memory: about", StringComparison.Ordinal));
        Assert.DoesNotContain("\"lr\":0,", File.ReadAllText(Path.Combine(run, "metrics.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_residual_run_goes_through_every_stage_and_is_a_Llama_checkpoint()
    {
        string run = Path.Combine(_folder, "residual");
        using (StageProgram tokenizer = StageProgram.StartTokenizer("--run", run, "--preset", "smoke"))
            tokenizer.Finish();
        using (StageProgram train = StageProgram.StartTrain("--run", run, "--preset", "smoke", "--connection", "residual", "--steps", "5"))
            train.Finish();
        using (StageProgram export = StageProgram.StartExport("--run", run))
            Assert.Contains("make serve", export.Finish(), StringComparison.Ordinal);
        Assert.Contains("\"model_type\": \"llama\"", File.ReadAllText(Path.Combine(run, "config.json")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(run, "onnx", "model.onnx")));
    }

    private static IEnumerable<Func<string[], StageProgram>> Programs() =>
        [StageProgram.StartTokenizer, StageProgram.StartTrain, StageProgram.StartExport, StageProgram.StartServe, StageProgram.StartOrderDesk];
}
