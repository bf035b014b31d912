using System.Text.Json;
using System.Text.Json.Serialization;

namespace MhcPipeline.Core.Presets;

/// <summary>What a run is made of: a small JSON file that names tokenizer, data, model and training. Unknown fields are errors.</summary>
public sealed record Preset
{
    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        WriteIndented = true,
    };

    /// <summary>The file's name without its extension.</summary>
    [JsonIgnore]
    public string Name { get; init; } = "";

    /// <summary>One line for people.</summary>
    public string? Description { get; init; }

    /// <summary>How text becomes tokens.</summary>
    public required TokenizerSettings Tokenizer { get; init; }

    /// <summary>What is learned from.</summary>
    public required DataSettings Data { get; init; }

    /// <summary>The model's shape.</summary>
    public required ModelSettings Model { get; init; }

    /// <summary>How it is trained.</summary>
    public required TrainingSettings Training { get; init; }

    /// <summary>The presets that ship with the pipeline, by name.</summary>
    public static IReadOnlyList<string> Known =>
        Directory.Exists(Folder) ? [.. Directory.EnumerateFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)] : [];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "presets");

    /// <summary>Reads a preset by name (<c>default</c>, <c>smoke</c>, …) or from a path that ends in <c>.json</c>.</summary>
    /// <exception cref="PipelineException">There is no such preset, or a field is unknown, missing or out of range.</exception>
    public static Preset Load(string nameOrPath)
    {
        bool isPath = nameOrPath.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        string path = isPath ? nameOrPath : Path.Combine(Folder, nameOrPath + ".json");
        if (!File.Exists(path))
            throw new PipelineException(isPath ? $"There is no preset file {path}." : $"There is no preset '{nameOrPath}'. Known: {string.Join(", ", Known)}; or name a .json file of your own.");
        try
        {
            Preset preset = JsonSerializer.Deserialize<Preset>(File.ReadAllText(path), _json)!;
            preset = preset with { Name = Path.GetFileNameWithoutExtension(path) };
            preset.Validate(path);
            return preset;
        }
        catch (JsonException e)
        {
            throw new PipelineException($"{path} is not a preset: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The preset as JSON, for fingerprints and records.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, _json);

    private void Validate(string origin)
    {
        Check(Tokenizer.Kind is "bpe" or "char", "tokenizer.kind", Tokenizer.Kind, "bpe or char");
        Check(Tokenizer.Kind == "char" || Tokenizer.VocabSize is >= 259 and <= 1 << 20, "tokenizer.vocab_size", Tokenizer.VocabSize, "from 259 (256 bytes and 3 special tokens) to 1048576");
        Check(Data.Corpus is null or DataSettings.BusinessDocuments, "data.corpus", Data.Corpus, $"{DataSettings.BusinessDocuments} or absent");
        Check(Data.Corpus is null || Data.Examples >= 1, "data.examples", Data.Examples, "at least 1");
        Check(Data.MaxTurns >= 1, "data.max_turns", Data.MaxTurns, "at least 1");
        Check(Data.MaxDistractors >= 0, "data.max_distractors", Data.MaxDistractors, "0 or more");
        Check(Data.HeldOut >= 0, "data.held_out", Data.HeldOut, "0 or more");
        Check(Data.ValidationFraction is > 0 and < 1, "data.validation_fraction", Data.ValidationFraction, "between 0 and 1");
        Check(Training.Initialisation is "normal" or "mimetic", "training.initialisation", Training.Initialisation, "normal or mimetic");
        Check(Training.Optimizer is "adamw" or "muon", "training.optimizer", Training.Optimizer, "adamw or muon");
        Check(Training.MuonLearningRate is > 0 and < 10, "training.muon_learning_rate", Training.MuonLearningRate, "above 0 and below 10");
        Check(Training.Steps >= 1, "training.steps", Training.Steps, "at least 1");
        Check(Training.Minutes is null or > 0, "training.minutes", Training.Minutes, "above 0");
        Check(Training.BatchSize is >= 1 and <= 1 << 16, "training.batch_size", Training.BatchSize, "from 1 to 65536");
        Check(Training.BlockSize >= 2 && Training.BlockSize <= Model.MaxPositionEmbeddings, "training.block_size", Training.BlockSize, $"from 2 to model.max_position_embeddings ({Model.MaxPositionEmbeddings})");
        Check(Training.GradientAccumulation is >= 1 and <= 4096, "training.gradient_accumulation", Training.GradientAccumulation, "from 1 to 4096");
        Check(Training.LearningRate is > 0 and < 10, "training.learning_rate", Training.LearningRate, "above 0 and below 10");
        Check(Training.MinLearningRate >= 0 && Training.MinLearningRate <= Training.LearningRate, "training.min_learning_rate", Training.MinLearningRate, "from 0 to the learning rate");
        Check(Training.WarmupSteps >= 0, "training.warmup_steps", Training.WarmupSteps, "0 or more");
        Check(Training.Schedule is "cosine" or "wsd", "training.schedule", Training.Schedule, "cosine or wsd");
        Check(Training.DecayFraction is > 0 and <= 1, "training.decay_fraction", Training.DecayFraction, "above 0, at most 1");
        Check(Training.WeightDecay is >= 0 and < 10, "training.weight_decay", Training.WeightDecay, "0 or more");
        Check(Training.Beta1 is >= 0 and < 1, "training.beta1", Training.Beta1, "from 0, below 1");
        Check(Training.Beta2 is >= 0 and < 1, "training.beta2", Training.Beta2, "from 0, below 1");
        Check(Training.GradientClip >= 0, "training.gradient_clip", Training.GradientClip, "0 (off) or more");
        Check(Training.EvalEvery >= 1, "training.eval_every", Training.EvalEvery, "at least 1");
        Check(Training.EvalBatches >= 1, "training.eval_batches", Training.EvalBatches, "at least 1");
        Check(Training.CheckpointEvery >= 1, "training.checkpoint_every", Training.CheckpointEvery, "at least 1");
        Check(Training.RecomputeBlock >= 0, "training.recompute_block", Training.RecomputeBlock, "0 or more");
        Check(Training.GainsEvery >= 1, "training.gains_every", Training.GainsEvery, "at least 1");
        ModelConfig model = Model.ToConfig(vocabSize: 259, connection: null);
        model.Validate($"{origin}, model");
        model.RequireExportable($"{origin}, model");

        void Check(bool holds, string field, object? value, string range)
        {
            if (!holds)
                throw new PipelineException(FormattableString.Invariant($"{origin}: {field} is {value}; it must be {range}."));
        }
    }
}
