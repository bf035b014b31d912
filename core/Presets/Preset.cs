using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

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
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
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
        string path = FileOf(nameOrPath);
        if (!File.Exists(path))
            throw new PipelineException(path == nameOrPath ? $"There is no preset file {path}." : $"There is no preset '{nameOrPath}'. Known: {string.Join(", ", Known)}; or name a .json file of your own.");
        return Read(path, Path.GetFileNameWithoutExtension(path));
    }

    /// <summary>Whether <see cref="Load"/> would find a file.</summary>
    public static bool Exists(string nameOrPath) => File.Exists(FileOf(nameOrPath));

    /// <summary>The preset as JSON, for fingerprints and records.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, _json);

    private static string FileOf(string nameOrPath) => nameOrPath.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? nameOrPath : Path.Combine(Folder, nameOrPath + ".json");

    private static Preset Read(string path, string name)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException($"{path} cannot be read: {e.Message}", e);
        }
        return FromJson(path, text) with { Name = name };
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="origin">Where it stands, for messages.</param>
    /// <param name="text">The JSON.</param>
    /// <exception cref="PipelineException">It is no preset of this program.</exception>
    public static Preset FromJson(string origin, string text)
    {
        var reader = new FieldReader(origin, _json);
        Preset preset = reader.Read<Preset>(reader.Parse(text), preset => preset.Rules());
        preset.Model.ToConfig(vocabSize: 259, connection: null).RequireExportable($"{origin}, model");
        return preset;
    }

    private IEnumerable<FieldRule> Rules() =>
    [
        .. Model.ToConfig(vocabSize: 259, connection: null).Rules().Select(rule => rule with { Field = rule.Field == "hc_connection" ? "model.connection" : $"model.{rule.Field}" }),
        new(Tokenizer.Kind is "bpe" or "char", "tokenizer.kind", Tokenizer.Kind, "bpe or char"),
        new(Tokenizer.Kind == "char" || Tokenizer.VocabSize is >= 259 and <= 1 << 20, "tokenizer.vocab_size", Tokenizer.VocabSize, "from 259 (256 bytes and 3 special tokens) to 1048576"),
        new(Data.Corpus is null or DataSettings.BusinessDocuments, "data.corpus", Data.Corpus, $"{DataSettings.BusinessDocuments} or absent"),
        new(Data.Corpus is null || Data.Examples is >= 1 and <= 1 << 28, "data.examples", Data.Examples, "from 1 to 268435456"),
        new(Data.MaxTurns is >= 1 and <= 1000, "data.max_turns", Data.MaxTurns, "from 1 to 1000"),
        new(Data.MaxDistractors is >= 0 and <= 1000, "data.max_distractors", Data.MaxDistractors, "from 0 to 1000"),
        new(Data.HeldOut is >= 0 and <= 1 << 28, "data.held_out", Data.HeldOut, "from 0 to 268435456"),
        new(Data.ValidationFraction is > 0 and < 1, "data.validation_fraction", Data.ValidationFraction, "between 0 and 1"),
        new(Training.Initialisation is "normal" or "mimetic", "training.initialisation", Training.Initialisation, "normal or mimetic"),
        new(Training.Precision is null or "float32" or "bf16", "training.precision", Training.Precision, "float32 or bf16, or absent"),
        new(Training.Optimizer is "adamw" or "muon", "training.optimizer", Training.Optimizer, "adamw or muon"),
        new(Training.MuonLearningRate is > 0 and < 10, "training.muon_learning_rate", Training.MuonLearningRate, "above 0 and below 10"),
        new(Training.Steps >= 1, "training.steps", Training.Steps, "at least 1"),
        new(Training.Minutes is null or (> 0 and <= 5_256_000), "training.minutes", Training.Minutes, "above 0, at most 5256000 (ten years)"),
        new(Training.BatchSize is >= 1 and <= 1 << 16, "training.batch_size", Training.BatchSize, "from 1 to 65536"),
        new(Training.BlockSize >= 2 && Training.BlockSize <= Model.MaxPositionEmbeddings, "training.block_size", Training.BlockSize, $"from 2 to model.max_position_embeddings ({Model.MaxPositionEmbeddings})"),
        new(Training.GradientAccumulation is >= 1 and <= 4096, "training.gradient_accumulation", Training.GradientAccumulation, "from 1 to 4096"),
        new(Training.LearningRate is > 0 and < 10, "training.learning_rate", Training.LearningRate, "above 0 and below 10"),
        new(Training.MinLearningRate >= 0 && Training.MinLearningRate <= Training.LearningRate, "training.min_learning_rate", Training.MinLearningRate, "from 0 to the learning rate"),
        new(Training.WarmupSteps >= 0, "training.warmup_steps", Training.WarmupSteps, "0 or more"),
        new(Training.Schedule is "cosine" or "wsd", "training.schedule", Training.Schedule, "cosine or wsd"),
        new(Training.DecayFraction is > 0 and <= 1, "training.decay_fraction", Training.DecayFraction, "above 0, at most 1"),
        new(Training.WeightDecay is >= 0 and < 10, "training.weight_decay", Training.WeightDecay, "from 0, below 10"),
        new(Training.Beta1 is >= 0 and < 1, "training.beta1", Training.Beta1, "from 0, below 1"),
        new(Training.Beta2 is >= 0 and < 1, "training.beta2", Training.Beta2, "from 0, below 1"),
        new(Training.GradientClip is >= 0 and <= 1e9, "training.gradient_clip", Training.GradientClip, "from 0 (off) to 1e9"),
        new(Training.EvalEvery >= 1, "training.eval_every", Training.EvalEvery, "at least 1"),
        new(Training.EvalBatches >= 1, "training.eval_batches", Training.EvalBatches, "at least 1"),
        new(Training.CheckpointEvery >= 1, "training.checkpoint_every", Training.CheckpointEvery, "at least 1"),
        new(Training.RecomputeBlock >= 0, "training.recompute_block", Training.RecomputeBlock, "0 or more"),
        new(Training.GainsEvery >= 1, "training.gains_every", Training.GainsEvery, "at least 1"),
    ];
}
