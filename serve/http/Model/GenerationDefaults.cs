using System.Text.Json;
using MhcPipeline.Core;

namespace MhcPipeline.Serve.Model;

/// <summary>
/// What requests leave out. The run's generation_config.json says it, where it does (its field do_sample false means greedy);
/// otherwise the OpenAI API's defaults hold.
/// </summary>
internal sealed record GenerationDefaults
{
    public float Temperature { get; init; } = 1;

    public float TopP { get; init; } = 1;

    public int TopK { get; init; }

    public float RepetitionPenalty { get; init; } = 1;

    /// <exception cref="PipelineException">The file is there but cannot be used.</exception>
    public static GenerationDefaults Load(string path)
    {
        if (!File.Exists(path))
        {
            return new GenerationDefaults();
        }
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            bool greedy = root.TryGetProperty("do_sample", out JsonElement sample) && !sample.GetBoolean();
            var defaults = new GenerationDefaults
            {
                Temperature = greedy ? 0 : Number("temperature", 1),
                TopP = Number("top_p", 1),
                TopK = (int)Number("top_k", 0),
                RepetitionPenalty = Number("repetition_penalty", 1),
            };
            return defaults;

            float Number(string name, float otherwise) =>
                root.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value.GetSingle() : otherwise;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new PipelineException($"{path} cannot be read: {e.Message} Correct or remove it.", e);
        }
    }
}
