using MhcPipeline.Core;
using MhcPipeline.Core.Presets;

namespace MhcPipeline.Bench.Inference;

/// <summary>A model whose speed is measured; weights are drawn, since speed does not depend on them.</summary>
/// <param name="Name">In tables and keys.</param>
/// <param name="Model">The model's shape.</param>
/// <param name="Vocabulary">V.</param>
/// <param name="TextsATurn">How many texts a turn has, one after the other: since those of a small model are short, and threads that another side has left spinning share a turn's first milliseconds.</param>
internal sealed record ModelSize(string Name, ModelSettings Model, int Vocabulary, int TextsATurn)
{
    /// <summary>About 100 million parameters, a third of them the tied embedding of a usual vocabulary.</summary>
    public static ModelSize Large { get; } = new(
        "100m",
        new ModelSettings { HiddenSize = 768, IntermediateSize = 2048, NumHiddenLayers = 12, NumAttentionHeads = 12, MaxPositionEmbeddings = 1024, TieWordEmbeddings = true },
        Vocabulary: 32_000, TextsATurn: 1);

    /// <summary>What <c>make train</c> trains.</summary>
    public static ModelSize Default()
    {
        Preset preset = Preset.Load("default");
        return new("default", preset.Model, preset.Tokenizer.VocabSize, TextsATurn: 20);
    }

    /// <summary>With a connection.</summary>
    public ModelConfig Config(string connection) => Model.ToConfig(Vocabulary, connection);
}
