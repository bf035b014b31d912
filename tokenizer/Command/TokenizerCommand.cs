using System.CommandLine;
using MhcPipeline.Core.Programs;
using MhcPipeline.Tokenization.Training;

namespace MhcPipeline.Tokenization.Command;

/// <summary>The command line of mhc-tokenizer.</summary>
internal static class TokenizerCommand
{
    /// <summary>Runs the program and returns its <see cref="ExitCode"/>.</summary>
    public static Task<int> RunAsync(string[] args, ProgressDisplay output, TextWriter standardOutput, TextWriter errors)
    {
        Option<string> run = new("--run") { Description = "Run folder that gets tokenizer.json and tokenizer_config.json", DefaultValueFactory = _ => "runs/default" };
        Option<string?> preset = new("--preset") { Description = "Name of a preset (default, smoke, ...) or a .json file; if absent, what the run began with, or default" };
        Option<string?> data = new("--data") { Description = "Text, file of records (.jsonl, .json, .parquet) or folder of them to train on, instead of the preset's built-in corpus" };
        Option<int?> vocabSize = NumberOption.Optional("--vocab-size", "Number of tokens instead of the preset's", BpeTrainer.LeastVocabSize, 1 << 20);
        Option<int> threads = NumberOption.Of("--threads", "Threads that count words; the result is the same for any number", 1, 1024, Environment.ProcessorCount);
        Option<long?> seed = NumberOption.Optional("--seed", "Seed of the built-in corpus (1)", 0, long.MaxValue);
        Option<bool> force = new("--force") { Description = "Train even if the tokenizer is up to date, came from elsewhere, or a model depends on it" };
        var command = new RootCommand("Trains a byte-level BPE tokenizer on the text of a run and writes it in Hugging Face's format.") { run, preset, data, vocabSize, threads, seed, force };
        command.SetAction((parsed, stop) =>
        {
            new TokenizerStage(
                new TokenizerRequest
                {
                    Run = parsed.GetValue(run)!,
                    Preset = parsed.GetValue(preset),
                    Data = parsed.GetValue(data),
                    VocabSize = parsed.GetValue(vocabSize),
                    Threads = parsed.GetValue(threads),
                    Seed = (ulong?)parsed.GetValue(seed),
                    Force = parsed.GetValue(force),
                },
                output).Execute(stop);
            return Task.CompletedTask;
        });
        return new PipelineProgram("mhc-tokenizer") { Stopped = "stopped; the tokenizer was not written.", Output = standardOutput, Errors = errors }.RunAsync(command, args);
    }
}
