using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MhcPipeline.Core.Kernels;

namespace MhcPipeline.Core;

/// <summary>
/// config.json of a run: Hugging Face's Llama fields plus the hyper-connections' (<c>hc_*</c>). A run with connection
/// <c>residual</c> is a plain Llama checkpoint (model_type <c>llama</c>); every other connection has model_type <c>mhc</c>.
/// </summary>
public sealed record ModelConfig
{
    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>Hugging Face's architecture names.</summary>
    public IReadOnlyList<string> Architectures => Connection == "residual" ? ["LlamaForCausalLM"] : ["MhcForCausalLM"];

    /// <summary><c>llama</c> for connection <c>residual</c>, else <c>mhc</c>.</summary>
    public string ModelType => Connection == "residual" ? "llama" : "mhc";

    /// <summary>How sublayers join the residual stream: <c>mhc</c>, <c>hc</c>, <c>mhc_lite</c>, <c>identity</c>, <c>residual</c>.</summary>
    [JsonPropertyName("hc_connection")]
    public string Connection { get; init; } = "mhc";

    /// <summary>n, the number of residual streams (1 to 8; to 4 with connection <c>mhc_lite</c>).</summary>
    public int HcMult { get; init; } = 4;

    /// <summary>Iterations of Sinkhorn-Knopp on the residual mixing matrix (1 or more).</summary>
    public int HcSinkhornIters { get; init; } = 20;

    /// <summary>Added to the mixing coefficients and to the divisors of Sinkhorn-Knopp; 0 gives the paper's form.</summary>
    public double HcEps { get; init; } = 1e-6;

    /// <summary>C, the width of a stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the SwiGLU MLP.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of layers, each with an attention and an MLP site.</summary>
    public required int NumHiddenLayers { get; init; }

    /// <summary>Number of query heads.</summary>
    public required int NumAttentionHeads { get; init; }

    /// <summary>Number of key and value heads; divides the number of query heads.</summary>
    public required int NumKeyValueHeads { get; init; }

    /// <summary>Width of one head; Hugging Face's default is hidden_size / num_attention_heads.</summary>
    [JsonPropertyName("head_dim")]
    public int? HeadDimOverride { get; init; }

    /// <summary>Width of one head.</summary>
    [JsonIgnore]
    public int HeadDim => HeadDimOverride ?? HiddenSize / NumAttentionHeads;

    /// <summary>Added to the mean square in every RMSNorm.</summary>
    public double RmsNormEps { get; init; } = 1e-6;

    /// <summary>Base of the rotary position embedding.</summary>
    public double RopeTheta { get; init; } = 10000;

    /// <summary>Longest sequence, in tokens.</summary>
    public required int MaxPositionEmbeddings { get; init; }

    /// <summary>Number of tokens in the vocabulary.</summary>
    public required int VocabSize { get; init; }

    /// <summary>True when the output matrix is the embedding matrix.</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>Activation of the MLP's gate; only <c>silu</c> is known.</summary>
    public string HiddenAct { get; init; } = "silu";

    /// <summary>Type of the stored weights.</summary>
    public string TorchDtype { get; init; } = "float32";

    /// <summary>Token that begins a text, if any.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>Token that ends a text, if any.</summary>
    public int? EosTokenId { get; init; }

    /// <summary>Further tokens that end a text: those behind the first where a file of others has a list in <c>eos_token_id</c>.</summary>
    [JsonIgnore]
    public IReadOnlyList<int> MoreEosTokenIds { get; init; } = [];

    /// <summary>True for a Llama checkpoint that another program wrote: its config.json says nothing of hyper-connections.</summary>
    [JsonIgnore]
    public bool FromElsewhere { get; init; }

    /// <summary>n, iterations, eps and rms_norm_eps, as the kernels of hyper-connections take them.</summary>
    public MhcOptions MixingConstants() => new(HcMult, HcSinkhornIters, HcEps, RmsNormEps);

    /// <summary>Reads and validates a config.json.</summary>
    /// <exception cref="PipelineException">The file is missing, not JSON, or a field is missing or out of range.</exception>
    public static ModelConfig Load(string path)
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
        var reader = new FieldReader(path, _json);
        JsonObject json = reader.Parse(text);
        // A Llama checkpoint from elsewhere says nothing of hyper-connections: it has the plain residual stream.
        bool elsewhere = !json.Any(field => field.Key.StartsWith("hc_", StringComparison.Ordinal));
        LlamaFields.Normalise(json, elsewhere, path);
        if (elsewhere)
            (json["hc_connection"], json["hc_mult"]) = ("residual", 1);
        int[] moreEnds = [];
        if (json["eos_token_id"] is JsonArray { Count: > 0 } ends)
        {
            moreEnds = [.. ends.Skip(1).Select(end => end is JsonValue value && value.TryGetValue(out int id) ? id
                : throw new PipelineException($"{path}: eos_token_id is {ends.ToJsonString()}; it must be a whole number or a list of those."))];
            json["eos_token_id"] = ends[0]?.DeepClone();
        }
        if (json["bos_token_id"] is JsonArray { Count: > 0 } starts)
            json["bos_token_id"] = starts[0]?.DeepClone();
        ModelConfig config = reader.Read<ModelConfig>(json, config => config.Rules()) with { FromElsewhere = elsewhere, MoreEosTokenIds = moreEnds };
        config.Validate(path);
        return config;
    }

    /// <summary>Validates and writes a config.json.</summary>
    /// <exception cref="PipelineException">A field is out of range or the file cannot be written.</exception>
    public void Save(string path)
    {
        Validate(path);
        AtomicFile.WriteAllText(path, JsonSerializer.Serialize(this, _json) + "\n");
    }

    /// <summary>Checks what export asks of a model beyond <see cref="Validate"/>: to be told before it is trained.</summary>
    /// <param name="origin">What the message calls the configuration.</param>
    /// <exception cref="PipelineException">ONNX Runtime's attention cannot take its heads.</exception>
    public void RequireExportable(string origin = "config.json")
    {
        if (HeadDim % 8 != 0)
            throw new PipelineException($"{origin}: head_dim is {HeadDim} (hidden_size {HiddenSize}, num_attention_heads {NumAttentionHeads}); " +
                "it must be a multiple of 8: ONNX Runtime's GroupQueryAttention takes no other heads. Choose another number of heads, or another width.");
    }

    /// <summary>Checks every field.</summary>
    /// <param name="origin">What the message calls the configuration: usually the file's path.</param>
    /// <exception cref="PipelineException">Names the first field that is out of range, and its value.</exception>
    public void Validate(string origin = "config.json") => FieldRule.Require(origin, Rules());

    /// <summary>What must hold of every field; asking does not throw, whatever the fields are.</summary>
    internal IEnumerable<FieldRule> Rules()
    {
        int headDim = NumAttentionHeads >= 1 ? HeadDim : 0;
        return
        [
            new(Connection?.Length > 0, "hc_connection", Connection, "the name of a connection, such as mhc or residual"),
            new(HcMult is >= 1 and <= 8, "hc_mult", HcMult, "from 1 to 8"),
            new(HcMult <= 4 || Connection != "mhc_lite", "hc_mult", HcMult, "from 1 to 4 with connection mhc_lite, which has a weight for each of hc_mult! permutations"),
            new(HcSinkhornIters is >= 1 and <= 1000, "hc_sinkhorn_iters", HcSinkhornIters, "from 1 to 1000"),
            new(HcEps is >= 0 and < 0.1, "hc_eps", HcEps, "from 0 to 0.1"),
            new(HiddenSize is >= 1 and <= 1 << 20, "hidden_size", HiddenSize, "from 1 to 1048576"),
            new(IntermediateSize is >= 1 and <= 1 << 22, "intermediate_size", IntermediateSize, "from 1 to 4194304"),
            new(NumHiddenLayers is >= 1 and <= 4096, "num_hidden_layers", NumHiddenLayers, "from 1 to 4096"),
            new(NumAttentionHeads is >= 1 and <= 4096, "num_attention_heads", NumAttentionHeads, "from 1 to 4096"),
            new(HeadDimOverride is not null || (NumAttentionHeads >= 1 && HiddenSize % NumAttentionHeads == 0), "num_attention_heads", NumAttentionHeads, $"a divisor of hidden_size ({HiddenSize})"),
            new(NumKeyValueHeads >= 1 && NumAttentionHeads % NumKeyValueHeads == 0, "num_key_value_heads", NumKeyValueHeads, $"a divisor of num_attention_heads ({NumAttentionHeads})"),
            new(headDim is >= 2 and <= 1 << 16 && headDim % 2 == 0, "head_dim", headDim, "even and at least 2 (the rotary embedding turns pairs)"),
            new(RmsNormEps is >= 0 and < 1, "rms_norm_eps", RmsNormEps, "from 0 to 1"),
            new(RopeTheta is > 0 and < 1e12, "rope_theta", RopeTheta, "above 0, below 1e12"),
            new(MaxPositionEmbeddings is >= 1 and <= 1 << 24, "max_position_embeddings", MaxPositionEmbeddings, "from 1 to 16777216"),
            new(VocabSize is >= 1 and <= 1 << 24, "vocab_size", VocabSize, "from 1 to 16777216"),
            new(HiddenAct == "silu", "hidden_act", HiddenAct, "silu (no other activation is supported)"),
            new(BosTokenId is null || (BosTokenId >= 0 && BosTokenId < VocabSize), "bos_token_id", BosTokenId, $"from 0 to vocab_size - 1 ({VocabSize - 1})"),
            .. MoreEosTokenIds.Select(id => (int?)id).Prepend(EosTokenId).Select(id => new FieldRule(id is null || (id >= 0 && id < VocabSize), "eos_token_id", id, $"from 0 to vocab_size - 1 ({VocabSize - 1})")),
        ];
    }
}
