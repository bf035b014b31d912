using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
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
        RespectRequiredConstructorParameters = true,
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
        JsonObject json;
        try
        {
            json = JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new JsonException("the top level is not an object");
            // A Llama checkpoint from elsewhere says nothing of hyper-connections: it has the plain residual stream.
            bool elsewhere = !json.Any(field => field.Key.StartsWith("hc_", StringComparison.Ordinal));
            LlamaFields.Normalise(json, elsewhere, path);
            if (elsewhere)
                (json["hc_connection"], json["hc_mult"]) = ("residual", 1);
            int[] ends = json["eos_token_id"] is JsonArray several ? [.. several.Select(Id)] : [];
            if (json["eos_token_id"] is JsonArray)
                json["eos_token_id"] = ends.Length > 0 ? ends[0] : null;
            if (json["bos_token_id"] is JsonArray starts)
                json["bos_token_id"] = starts.Count > 0 ? Id(starts[0]) : null;
            ModelConfig config = json.Deserialize<ModelConfig>(_json)! with { FromElsewhere = elsewhere, MoreEosTokenIds = ends.Length > 1 ? ends[1..] : [] };
            config.Validate(path);
            return config;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException) // the last: a field that stands twice
        {
            throw new PipelineException($"{path} is not a model configuration: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException($"{path} cannot be read: {e.Message}", e);
        }

        static int Id(JsonNode? node) => node?.GetValue<int>() ?? throw new FormatException("a list of token ids has null in it");
    }

    /// <summary>Validates and writes a config.json.</summary>
    /// <exception cref="PipelineException">A field is out of range or the file cannot be written.</exception>
    public void Save(string path)
    {
        Validate(path);
        AtomicFile.WriteAllText(path, JsonSerializer.Serialize(this, _json) + "\n");
    }

    /// <summary>Checks every field.</summary>
    /// <param name="origin">What the message calls the configuration: usually the file's path.</param>
    /// <exception cref="PipelineException">Names the first field that is out of range, and its value.</exception>
    public void Validate(string origin = "config.json")
    {
        Check(Connection.Length > 0, "hc_connection", Connection, "the name of a connection, such as mhc or residual");
        Check(HcMult is >= 1 and <= 8, "hc_mult", HcMult, "from 1 to 8");
        Check(HcMult <= 4 || Connection != "mhc_lite", "hc_mult", HcMult, "from 1 to 4 with connection mhc_lite, which has a weight for each of hc_mult! permutations");
        Check(HcSinkhornIters is >= 1 and <= 1000, "hc_sinkhorn_iters", HcSinkhornIters, "from 1 to 1000");
        Check(HcEps is >= 0 and < 0.1, "hc_eps", HcEps, "from 0 to 0.1");
        Check(HiddenSize is >= 1 and <= 1 << 20, "hidden_size", HiddenSize, "from 1 to 1048576");
        Check(IntermediateSize is >= 1 and <= 1 << 22, "intermediate_size", IntermediateSize, "from 1 to 4194304");
        Check(NumHiddenLayers is >= 1 and <= 4096, "num_hidden_layers", NumHiddenLayers, "from 1 to 4096");
        Check(NumAttentionHeads is >= 1 and <= 4096, "num_attention_heads", NumAttentionHeads, "from 1 to 4096");
        Check(HeadDimOverride is not null || HiddenSize % NumAttentionHeads == 0, "num_attention_heads", NumAttentionHeads, $"a divisor of hidden_size ({HiddenSize})");
        Check(NumKeyValueHeads >= 1 && NumAttentionHeads % NumKeyValueHeads == 0, "num_key_value_heads", NumKeyValueHeads, $"a divisor of num_attention_heads ({NumAttentionHeads})");
        Check(HeadDim is >= 2 and <= 1 << 16 && HeadDim % 2 == 0, "head_dim", HeadDim, "even and at least 2 (the rotary embedding turns pairs)");
        Check(RmsNormEps is >= 0 and < 1, "rms_norm_eps", RmsNormEps, "from 0 to 1");
        Check(RopeTheta is > 0 and < 1e12, "rope_theta", RopeTheta, "above 0");
        Check(MaxPositionEmbeddings is >= 1 and <= 1 << 24, "max_position_embeddings", MaxPositionEmbeddings, "from 1 to 16777216");
        Check(VocabSize is >= 1 and <= 1 << 24, "vocab_size", VocabSize, "from 1 to 16777216");
        Check(HiddenAct == "silu", "hidden_act", HiddenAct, "silu (no other activation is supported)");
        Check(BosTokenId is null || (BosTokenId >= 0 && BosTokenId < VocabSize), "bos_token_id", BosTokenId, $"from 0 to vocab_size - 1 ({VocabSize - 1})");
        foreach (int? end in MoreEosTokenIds.Select(id => (int?)id).Prepend(EosTokenId))
            Check(end is null || (end >= 0 && end < VocabSize), "eos_token_id", end, $"from 0 to vocab_size - 1 ({VocabSize - 1})");

        void Check(bool holds, string field, object? value, string range)
        {
            if (!holds)
                throw new PipelineException(FormattableString.Invariant($"{origin}: {field} is {value}; it must be {range}."));
        }
    }
}
