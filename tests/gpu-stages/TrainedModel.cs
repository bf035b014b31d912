using MhcPipeline.Core;
using MhcPipeline.Core.Presets;

namespace MhcPipeline.GpuCheck.Stages;

/// <summary>A model whose training step is measured.</summary>
/// <param name="Name">In the report.</param>
/// <param name="Model">Its shape.</param>
/// <param name="Vocabulary">V.</param>
/// <param name="Rows">Sequences of a step.</param>
/// <param name="MostExtra">Percent of time that mhc may take more than residual; null where no more than a report is asked.</param>
internal sealed record TrainedModel(string Name, ModelSettings Model, int Vocabulary, int Rows, double? MostExtra)
{
    /// <summary>The paper's overhead (arXiv 2512.24880, section 4.3).</summary>
    private const double Paper = 6.7;

    /// <summary>
    /// The widths of the targets with few layers, and a whole model of 350 million parameters, where the streams' traffic alone is a seventh of the
    /// time. With few layers the vocabulary is small, so that the output matrix has the share that it has in a deep model.
    /// </summary>
    public static IReadOnlyList<TrainedModel> All { get; } =
    [
        new("C = 2560, 4 layers", Shape(2560, 6912, layers: 4), Vocabulary: 4096, Rows: 8, Paper),
        new("C = 4096, 3 layers", Shape(4096, 11008, layers: 3), Vocabulary: 4096, Rows: 8, Paper),
        new("C = 1024, 24 layers (350 M)", Shape(1024, 2816, layers: 24), Vocabulary: 32000, Rows: 8, MostExtra: null),
    ];

    /// <summary>Tokens of a step.</summary>
    public int Tokens => Rows * Model.MaxPositionEmbeddings;

    /// <summary>
    /// Floating-point operations a token of a step of the residual network: six for each number in a matrix (a product and a sum, forward and twice
    /// backward), and those of the causal scores. Norms, mixing and the optimizer do not count.
    /// </summary>
    public double FlopAToken
    {
        get
        {
            double c = Model.HiddenSize, layers = Model.NumHiddenLayers, values = (double)(Model.NumKeyValueHeads ?? Model.NumAttentionHeads) / Model.NumAttentionHeads;
            double matrices = (layers * ((2 * c * c) + (2 * c * c * values) + (3 * c * Model.IntermediateSize))) + (c * Vocabulary);
            double scores = layers * c * Model.MaxPositionEmbeddings; // half of S keys on average; scores and values each
            return 6 * (matrices + scores);
        }
    }

    /// <summary>With a connection.</summary>
    public ModelConfig Config(string connection) => Model.ToConfig(Vocabulary, connection);

    private static ModelSettings Shape(int width, int inner, int layers) => new()
    {
        HiddenSize = width,
        IntermediateSize = inner,
        NumHiddenLayers = layers,
        NumAttentionHeads = width / 128,
        MaxPositionEmbeddings = 2048,
        TieWordEmbeddings = true,
    };
}
