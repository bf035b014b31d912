namespace MhcPipeline.Core.Presets;

/// <summary>The model's shape: config.json's fields, less those that the data decides.</summary>
public sealed record ModelSettings
{
    /// <summary>How sublayers join the residual stream.</summary>
    public string Connection { get; init; } = "mhc";

    /// <summary>n, the number of residual streams.</summary>
    public int HcMult { get; init; } = 4;

    /// <summary>Iterations of Sinkhorn-Knopp.</summary>
    public int HcSinkhornIters { get; init; } = 20;

    /// <summary>Epsilon of the mixing coefficients.</summary>
    public double HcEps { get; init; } = 1e-6;

    /// <summary>C, the width of a stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the SwiGLU MLP.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of layers.</summary>
    public required int NumHiddenLayers { get; init; }

    /// <summary>Number of query heads.</summary>
    public required int NumAttentionHeads { get; init; }

    /// <summary>Number of key and value heads; as many as query heads when absent.</summary>
    public int? NumKeyValueHeads { get; init; }

    /// <summary>Longest sequence, in tokens.</summary>
    public required int MaxPositionEmbeddings { get; init; }

    /// <summary>Base of the rotary position embedding.</summary>
    public double RopeTheta { get; init; } = 10000;

    /// <summary>True when the output matrix is the embedding matrix.</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>The configuration of a model with this shape.</summary>
    /// <param name="vocabSize">Tokens in the tokenizer.</param>
    /// <param name="connection">A connection to use in place of the preset's.</param>
    public ModelConfig ToConfig(int vocabSize, string? connection) => new()
    {
        Connection = connection ?? Connection,
        HcMult = (connection ?? Connection) == "residual" ? 1 : HcMult,
        HcSinkhornIters = HcSinkhornIters,
        HcEps = HcEps,
        HiddenSize = HiddenSize,
        IntermediateSize = IntermediateSize,
        NumHiddenLayers = NumHiddenLayers,
        NumAttentionHeads = NumAttentionHeads,
        NumKeyValueHeads = NumKeyValueHeads ?? NumAttentionHeads,
        MaxPositionEmbeddings = MaxPositionEmbeddings,
        RopeTheta = RopeTheta,
        TieWordEmbeddings = TieWordEmbeddings,
        VocabSize = vocabSize,
    };
}
