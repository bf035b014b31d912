using System.Diagnostics;
using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.Core.Corpus;
using MhcPipeline.Core.Presets;

namespace MhcPipeline.Train.Data;

/// <summary>A run's data: where its text comes from by preset and command line, tokenised into the run folder unless it is there already.</summary>
/// <param name="run">The run folder, with its tokenizer.</param>
/// <param name="seed">Of the corpus and of the split.</param>
internal sealed class RunData(RunFolder run, long seed)
{
    /// <summary>Prepares the data and says what was read.</summary>
    /// <param name="preset">Its corpus, split and block size.</param>
    /// <param name="path">Text to learn from instead of the preset's corpus, or null.</param>
    /// <param name="stop">Gives up; what is there already stays.</param>
    /// <exception cref="PipelineException">There is no text to learn from, it cannot be read, or it is too little.</exception>
    public Dataset Prepare(Preset preset, string? path, CancellationToken stop)
    {
        DataSource source = path is not null ? DataSource.FromPath(path)
            : preset.Data.Corpus is not null ? Generated(preset.Data)
            : throw new PipelineException($"Preset {preset.Name} has no corpus of its own; name a text with --data (make train DATA=file).");
        var options = new DatasetOptions { Seed = (ulong)seed, ValidationFraction = preset.Data.ValidationFraction };
        long began = Stopwatch.GetTimestamp();
        Dataset data = Dataset.Prepare(run.DataFolder, source, TokenizerEncoder.Load(run), options, cancellation: stop);
        if (!data.WasReused)
        {
            Say($"Tokenised {source.Name}: {data.Manifest.TrainTokens:#,0} tokens to learn from, {data.Manifest.ValidationTokens:#,0} to validate on, in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
            foreach (string note in data.Manifest.Notes)
                Console.WriteLine(note);
        }
        int block = preset.Training.BlockSize;
        if (data.DoNotFit(block) is var (shortened, leftOut) && shortened + leftOut > 0)
            Say($"Of the conversations, {shortened:#,0} are longer than training.block_size ({block}) and shortened to whole answers; {leftOut:#,0} are left out.");
        return data;
    }

    /// <summary>The built-in corpus; a part of its held-out side goes to heldout.jsonl, for the evaluation after export.</summary>
    private DataSource Generated(DataSettings settings)
    {
        BusinessCorpus corpus = settings.CreateCorpus((ulong)seed);
        CorpusFile.Write(run.HeldOutFile, corpus.HeldOut(settings.HeldOut));
        int validation = Math.Max(1, (int)(settings.Examples * settings.ValidationFraction));
        return DataSource.FromCorpus(corpus, $"{settings.Corpus} seed {seed}, turns {settings.MaxTurns}, distractors {settings.MaxDistractors}", settings.Examples, settings.HeldOut, validation);
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
