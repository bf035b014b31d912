using System.Diagnostics;
using MhcPipeline.Core;
using MhcPipeline.Core.Presets;
using MhcPipeline.Tokenization.Files;
using MhcPipeline.Tokenization.Training;

namespace MhcPipeline.Tokenization.Command;

/// <summary>The first stage of the pipeline: gives a run folder its tokenizer, unless it has the right one.</summary>
/// <param name="request">What was asked for.</param>
/// <param name="output">Where to tell what was done.</param>
internal sealed class TokenizerStage(TokenizerRequest request, ProgressDisplay output)
{
    // As published with the corpus's first use; any other number makes other documents.
    private const ulong DefaultSeed = 1;

    private readonly RunFolder _run = new(request.Run);

    /// <summary>Does it.</summary>
    /// <exception cref="PipelineException">The request cannot be met; nothing was written.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; nothing was written.</exception>
    public void Execute(CancellationToken cancel)
    {
        using RunLock? held = Directory.Exists(_run.Path) ? RunLock.Take(_run) : null;
        bool exists = File.Exists(_run.TokenizerJson);
        TrainedFrom? previous = exists ? TrainedFrom.Read(_run.TokenizerConfigJson) : null;
        if (exists && previous is null && !request.Force)
        {
            TextTokenizer own = TextTokenizer.Load(_run.Path);
            output.Line($"{_run.Path} keeps the tokenizer it came with ({own.VocabSize} tokens, not trained by this program); --force replaces it");
            return;
        }

        // What is not given stays as it was, so that `make train RUN=x` goes on with what the run began with.
        Preset preset = Preset.Load(request.Preset ?? previous?.Preset ?? "default");
        string? data = request.Data ?? (request.Preset is null ? previous?.Data : null);
        if (request is { Data: null, Force: false } && data is not null && !Path.Exists(data) && IsUsable())
        {
            output.Line($"tokenizer kept: {data}, which it was trained on, is no longer there");
            return;
        }
        (TrainedFrom wanted, TrainingTexts? texts) = Describe(preset, data, request.Preset is null ? previous : null);
        if (previous is not null && !request.Force && previous.GivesTheSameAs(wanted) && IsUsable())
        {
            output.Line($"tokenizer up to date: {_run.TokenizerJson}");
            return;
        }
        RefuseIfModelDependsOnIt(exists);

        var clock = Stopwatch.StartNew();
        TokenizerDefinition definition = texts is null ? BpeTrainer.ByteTokens() : output.Show(texts, progress =>
            new BpeTrainer(wanted.VocabSize, request.Threads).Train(texts.Read(), progress, cancel));
        cancel.ThrowIfCancellationRequested();
        _run.Create();
        using RunLock? begun = held is null ? RunLock.Take(_run) : null; // there was no folder to take before
        if (!exists && File.Exists(_run.TokenizerJson))
            throw new PipelineException($"{_run.Path} has got a tokenizer from another program meanwhile; the same command looks at it again.");
        TokenizerJsonWriter.Write(_run.TokenizerJson, definition);
        TokenizerConfigWriter.Write(_run.TokenizerConfigJson, definition, preset.Model.MaxPositionEmbeddings, wanted);
        Report(definition, wanted, texts, clock.Elapsed);
    }

    private (TrainedFrom, TrainingTexts?) Describe(Preset preset, string? data, TrainedFrom? previous)
    {
        bool isChar = preset.Tokenizer.Kind == "char";
        int? sizeOption = request.VocabSize ?? previous?.VocabSizeOption;
        if (isChar && request.VocabSize is not null)
            throw new PipelineException($"The preset {preset.Name} has one token a byte, {BpeTrainer.LeastVocabSize} in all; leave out --vocab-size or choose a preset of kind bpe.");
        ulong seed = request.Seed ?? previous?.Seed ?? DefaultSeed;
        TrainingTexts? texts = isChar ? null : new TrainingTexts(preset, data, seed);
        return (new TrainedFrom
        {
            Preset = request.Preset ?? previous?.Preset ?? preset.Name,
            Data = data,
            Kind = preset.Tokenizer.Kind,
            VocabSize = isChar ? BpeTrainer.LeastVocabSize : sizeOption ?? preset.Tokenizer.VocabSize,
            VocabSizeOption = sizeOption,
            Source = texts?.Fingerprint,
            Seed = seed,
        }, texts);
    }

    private bool IsUsable()
    {
        try
        {
            TextTokenizer.Load(_run.Path);
            return true;
        }
        catch (PipelineException)
        {
            return false;
        }
    }

    private void RefuseIfModelDependsOnIt(bool exists)
    {
        bool hasCheckpoints = Directory.Exists(_run.CheckpointsFolder) && Directory.EnumerateFileSystemEntries(_run.CheckpointsFolder).Any();
        if (request.Force || (!hasCheckpoints && !File.Exists(_run.WeightsFile)))
            return;
        string what = exists ? "another tokenizer than the one asked for" : "a tokenizer that is no longer there";
        throw new PipelineException($"{_run.Path} holds a model trained with {what}, which a new one would make useless; choose another RUN, or --force to replace the tokenizer.");
    }

    private void Report(TokenizerDefinition definition, TrainedFrom from, TrainingTexts? texts, TimeSpan time)
    {
        int size = definition.Vocabulary.Count + definition.AddedTokens.Count;
        string source = texts is null ? "one a byte" : $"from {texts.Description}";
        foreach (string note in texts?.Notes ?? [])
            output.Line(note);
        if (size < from.VocabSize)
            output.Line($"the text yields only {size} of {from.VocabSize} tokens: no further pair occurs twice");
        output.Line(FormattableString.Invariant($"tokenizer: {size} tokens, {source}, in {time.TotalSeconds:0.0} s"));
        output.Line($"wrote {_run.TokenizerJson}, {_run.TokenizerConfigJson}");
        output.Line($"next: {_run.Make("train")}");
    }
}
