using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MhcPipeline.Serve.Api;

/// <summary>The fields that both kinds of request have. Null where the client left them out.</summary>
public abstract record SamplingFields
{
    /// <summary>Name of the model; the one being served where left out.</summary>
    public string? Model { get; init; }

    /// <summary>Most tokens to generate.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>0 (greedy) to 2.</summary>
    [Description("0 (always the most probable token) to 2. Left out: what the run's generation_config.json says, or else 1.")]
    public float? Temperature { get; init; }

    /// <summary>Nucleus sampling.</summary>
    public float? TopP { get; init; }

    /// <summary>Keeps this many tokens; 0 is off.</summary>
    [Description("Extension: samples from this many most probable tokens; 0 is off.")]
    public int? TopK { get; init; }

    /// <summary>Keeps tokens at least this many times as probable as the best.</summary>
    [Description("Extension: drops tokens less probable than this times the most probable one.")]
    public float? MinP { get; init; }

    /// <summary>Penalty on tokens of prompt and answer, by factor.</summary>
    [Description("Extension: above 1 makes tokens that occurred in prompt or answer less probable.")]
    public float? RepetitionPenalty { get; init; }

    /// <summary>Penalty on tokens that the answer has.</summary>
    public float? PresencePenalty { get; init; }

    /// <summary>Penalty on tokens by how often the answer has them.</summary>
    public float? FrequencyPenalty { get; init; }

    /// <summary>Added to logits, by token id.</summary>
    public IReadOnlyDictionary<string, float>? LogitBias { get; init; }

    /// <summary>Start of the random sequence.</summary>
    public long? Seed { get; init; }

    /// <summary>Strings that end the text.</summary>
    [Description("A string, or an array of up to 16 strings.")]
    public JsonElement? Stop { get; init; }

    /// <summary>Number of answers.</summary>
    public int? N { get; init; }

    /// <summary>Sends the answer as server-sent events while it is generated.</summary>
    public bool? Stream { get; init; }

    /// <summary>Options of streaming.</summary>
    public StreamOptions? StreamOptions { get; init; }

    /// <summary>Fields that this API does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; set; }
}
