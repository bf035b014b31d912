using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.Tokenization.Training;

namespace MhcPipeline.Tokenization.Command;

/// <summary>The command line of mhc-tokenizer.</summary>
internal static class TokenizerCommand
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    private static readonly Option<string> _run = new("--run") { Description = "Run folder that gets tokenizer.json and tokenizer_config.json", DefaultValueFactory = _ => "runs/default" };
    private static readonly Option<string?> _preset = new("--preset") { Description = "Name of a preset (default, smoke, ...) or a .json file; if absent, what the run began with, or default" };
    private static readonly Option<string?> _data = new("--data") { Description = "Text, file of records (.jsonl, .json, .parquet) or folder of them to train on, instead of the preset's built-in corpus" };
    private static readonly Option<int?> _vocabSize = new("--vocab-size") { Description = $"Number of tokens, {BpeTrainer.LeastVocabSize} or more, instead of the preset's" };
    private static readonly Option<int> _threads = new("--threads") { Description = "Threads that count words; the result is the same for any number", DefaultValueFactory = _ => Environment.ProcessorCount };
    private static readonly Option<ulong?> _seed = new("--seed") { Description = "Seed of the built-in corpus (1)" };
    private static readonly Option<bool> _force = new("--force") { Description = "Train even if the tokenizer is up to date, came from elsewhere, or a model depends on it" };

    /// <summary>Runs the program and returns its exit code.</summary>
    public static int Run(string[] args, ProgressDisplay output, TextWriter standardOutput, TextWriter errors)
    {
        var command = new RootCommand("Trains a byte-level BPE tokenizer on the text of a run and writes it in Hugging Face's format.") { _run, _preset, _data, _vocabSize, _threads, _seed, _force };
        AtLeast(_vocabSize, BpeTrainer.LeastVocabSize);
        AtLeast(_threads, 1);
        command.SetAction((parsed, cancel) => Task.Run(() => Execute(parsed, output, errors, cancel), CancellationToken.None));

        ParseResult parsed = command.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError error in parsed.Errors)
                errors.WriteLine(error.Message);
            errors.WriteLine("mhc-tokenizer --help shows the options.");
            return WrongUsage;
        }
        return parsed.Invoke(new InvocationConfiguration { Output = standardOutput, Error = errors, ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });
    }

    private static int Execute(ParseResult parsed, ProgressDisplay output, TextWriter errors, CancellationToken cancel)
    {
        var request = new TokenizerRequest
        {
            Run = parsed.GetValue(_run)!,
            Preset = parsed.GetValue(_preset),
            Data = parsed.GetValue(_data),
            VocabSize = parsed.GetValue(_vocabSize),
            Threads = parsed.GetValue(_threads),
            Seed = parsed.GetValue(_seed),
            Force = parsed.GetValue(_force),
        };
        try
        {
            new TokenizerStage(request, output).Execute(cancel);
            return Ok;
        }
        catch (PipelineException e)
        {
            errors.WriteLine(e.Message);
            return Failed;
        }
        catch (OperationCanceledException)
        {
            errors.WriteLine("stopped; the tokenizer was not written");
            return Failed;
        }
    }

    private static void AtLeast(Option option, int least)
    {
        option.Validators.Clear();
        option.Validators.Add(result =>
        {
            // What is no number at all, the parser reports itself.
            if (result.Tokens is [{ Value: var text }] && int.TryParse(text, CultureInfo.InvariantCulture, out int value) && value < least)
                result.AddError($"{option.Name} is {value}; it must be at least {least}.");
        });
    }
}
