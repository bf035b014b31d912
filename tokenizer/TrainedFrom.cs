using System.Text.Json;
using System.Text.Json.Serialization;

namespace MhcPipeline.Tokenization;

/// <summary>What a tokenizer was trained from; tokenizer_config.json keeps it under <c>mhc_trained_from</c>.</summary>
public sealed record TrainedFrom
{
    /// <summary>The field of tokenizer_config.json.</summary>
    public const string Field = "mhc_trained_from";

    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
    };

    /// <summary>Name or path of the preset, as it was given.</summary>
    public required string Preset { get; init; }

    /// <summary>DATA as it was given; null for the built-in corpus.</summary>
    public string? Data { get; init; }

    /// <summary>bpe or char.</summary>
    public required string Kind { get; init; }

    /// <summary>Tokens wanted.</summary>
    public required int VocabSize { get; init; }

    /// <summary>The same if it was given with --vocab-size; null if the preset decided.</summary>
    public int? VocabSizeOption { get; init; }

    /// <summary>Hash over names, sizes and times of DATA's files, or the name and size of the corpus; null where the text does not matter (char).</summary>
    public string? Source { get; init; }

    /// <summary>Seed of the corpus.</summary>
    public required ulong Seed { get; init; }

    /// <summary>True if training again would give the same tokenizer: the preset's name and the path do not matter, what they led to does.</summary>
    public bool GivesTheSameAs(TrainedFrom other) =>
        Kind == other.Kind && VocabSize == other.VocabSize && Source == other.Source && (Data is not null || Source is null || Seed == other.Seed);

    /// <summary>Reads what tokenizer_config.json says; null if there is none, or another program wrote it.</summary>
    public static TrainedFrom? Read(string tokenizerConfig)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(tokenizerConfig));
            return document.RootElement.TryGetProperty(Field, out JsonElement field) ? field.Deserialize<TrainedFrom>(_json) : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Writes the object.</summary>
    public void Write(Utf8JsonWriter json) => JsonSerializer.Serialize(json, this, _json);
}
