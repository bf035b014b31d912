using System.Diagnostics;
using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.Core.Corpus;
using MhcPipeline.Core.Presets;

namespace MhcPipeline.Train.Data;

/// <summary>A run's data: where its text comes from by preset and command line, tokenised into the run folder unless it is there already.</summary>
internal sealed class RunData
{
    private readonly RunFolder _run;
    private readonly Preset _preset;
    private readonly BusinessCorpus? _corpus;
    private readonly TokenizerEncoder _encoder;
    private readonly DataSource? _source;
    private readonly DatasetOptions _options;

    /// <summary>Finds the text; nothing is written yet.</summary>
    /// <param name="run">The run folder, with its tokenizer.</param>
    /// <param name="preset">Its corpus, split and block size.</param>
    /// <param name="path">Text to learn from instead of the preset's corpus, or null.</param>
    /// <param name="seed">Of the corpus and of the split.</param>
    /// <param name="tokenised">Fingerprint of the data that the run began with, which is enough where the text itself is gone; null for a fresh run.</param>
    /// <exception cref="PipelineException">There is no text to learn from, or it cannot be read.</exception>
    public RunData(RunFolder run, Preset preset, string? path, long seed, string? tokenised)
    {
        (_run, _preset) = (run, preset);
        _encoder = TokenizerEncoder.Load(run);
        _options = new DatasetOptions { Seed = (ulong)seed, ValidationFraction = preset.Data.ValidationFraction };
        if (path is not null)
        {
            if (tokenised is not null && !Path.Exists(path) && Dataset.IsPrepared(run.DataFolder, tokenised))
            {
                Fingerprint = tokenised;
                return;
            }
            _source = DataSource.FromPath(path);
        }
        else if (preset.Data.Corpus is { } name)
        {
            DataSettings settings = preset.Data;
            _corpus = settings.CreateCorpus((ulong)seed);
            int validation = Math.Max(1, (int)(settings.Examples * settings.ValidationFraction));
            _source = DataSource.FromCorpus(_corpus, $"{name} seed {seed}, turns {settings.MaxTurns}, distractors {settings.MaxDistractors}", settings.Examples, settings.HeldOut, validation);
        }
        else
        {
            throw new PipelineException($"Preset {preset.Name} has no corpus of its own; name a text with --data (make train DATA=file).");
        }
        Fingerprint = Dataset.Fingerprint(_source, _encoder, _options);
    }

    /// <summary>Changes with text, tokenizer and split.</summary>
    public string Fingerprint { get; }

    /// <summary>Tokenises the data unless that is done, and says what was read. A part of the corpus's held-out side goes to heldout.jsonl, for the evaluation after export.</summary>
    /// <param name="stop">Gives up; what is there already stays.</param>
    /// <exception cref="PipelineException">The text cannot be read, or it is too little.</exception>
    public Dataset Prepare(CancellationToken stop)
    {
        if (_corpus is not null)
            CorpusFile.Write(_run.HeldOutFile, _corpus.HeldOut(_preset.Data.HeldOut));
        long began = Stopwatch.GetTimestamp();
        Dataset data = _source is null ? Dataset.Open(_run.DataFolder) : Dataset.Prepare(_run.DataFolder, _source, _encoder, _options, cancellation: stop);
        if (_source is null)
            Say($"The text is no longer there; training goes on with what was tokenised of it: {data.Manifest.Source}");
        else if (!data.WasReused)
            Say($"Tokenised {_source.Name}: {data.Manifest.TrainTokens:#,0} tokens to learn from, {data.Manifest.ValidationTokens:#,0} to validate on, in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        foreach (string note in data.WasReused ? [] : data.Manifest.Notes)
            Console.WriteLine(note);
        int block = _preset.Training.BlockSize;
        if (data.DoNotFit(block) is var (shortened, leftOut) && shortened + leftOut > 0)
            Say($"Of the conversations, {shortened:#,0} are longer than training.block_size ({block}) and shortened to whole answers; {leftOut:#,0} are left out.");
        return data;
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
