using System.Globalization;
using System.Net;
using System.Text.Json;
using MhcPipeline.Client.Contract;
using Microsoft.Extensions.AI;

namespace MhcPipeline.Client.Mapping;

/// <summary>
/// What our models can do and <see cref="ChatOptions"/> has no property for, from its additional properties, named as the OpenAI API and vLLM name them.
/// Values may come as JSON, as they do where settings were read from a file.
/// </summary>
internal sealed class AdditionalOptions(AdditionalPropertiesDictionary? properties)
{
    /// <summary>Name of the minimal probability, relative to the most probable token's.</summary>
    public const string MinP = "min_p";

    /// <summary>Name of the repetition penalty.</summary>
    public const string RepetitionPenalty = "repetition_penalty";

    /// <summary>Name of the wish for log-probabilities, and of these in an answer.</summary>
    public const string LogProbs = "logprobs";

    /// <summary>Name of the number of alternatives to each token.</summary>
    public const string TopLogProbs = "top_logprobs";

    /// <summary>Name of whether a schema is refused if some of it can only be checked afterwards; Microsoft.Extensions.AI.OpenAI reads the same.</summary>
    public const string StrictName = "strict";

    /// <summary>Name of vLLM's object with a choice, regex or grammar.</summary>
    public const string StructuredOutputsName = "structured_outputs";

    /// <summary>Name of how an answer fits the parts of its schema that were only checked.</summary>
    public const string SchemaCheck = "schema_check";

    public bool Strict() => Truth(StrictName) is true;

    public float? Number(string name) => Find(name) is not { } value ? null : Read(name, "a number", value, static json => json.ValueKind == JsonValueKind.String
        ? float.Parse(json.GetString()!, CultureInfo.InvariantCulture)
        : json.GetSingle());

    /// <summary>How many alternatives each token's log-probability comes with; null where none are wanted.</summary>
    public int? LogProbabilities()
    {
        int? alternatives = Find(TopLogProbs) is { } value ? Read(TopLogProbs, "a whole number", value, static json => checked((int)json.GetDouble())) : null;
        return Truth(LogProbs) is true ? alternatives ?? 0
            : alternatives is null ? null
            : throw Wrong(TopLogProbs, $"'{TopLogProbs}' needs '{LogProbs}' to be true.");
    }

    public ModelFormat? StructuredOutputs() => Find(StructuredOutputsName) is not { } value ? null : Read(StructuredOutputsName, "an object with a choice, a regex or a grammar", value, static json =>
        json.EnumerateObject().Single() switch
        {
            { Name: "choice" } choice => new ModelFormat.Choice([.. choice.Value.EnumerateArray().Select(one => one.GetString()!)]),
            { Name: "regex" } regex => new ModelFormat.Regex(regex.Value.GetString()!),
            { Name: "grammar" } grammar => new ModelFormat.Grammar(grammar.Value.GetString()!),
            _ => (ModelFormat?)null ?? throw new FormatException(),
        });

    private bool? Truth(string name) => Find(name) is not { } value ? null : Read(name, "true or false", value, static json => json.GetBoolean());

    private object? Find(string name) => properties?.TryGetValue(name, out object? value) is true ? value : null;

    private static T Read<T>(string name, string expected, object value, Func<JsonElement, T> read)
    {
        JsonElement json = value as JsonElement? ?? JsonSerializer.SerializeToElement(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType()));
        try
        {
            return read(json);
        }
        catch (Exception wrong) when (wrong is FormatException or InvalidOperationException or OverflowException)
        {
            throw Wrong(name, $"'{name}' must be {expected}, but {json.GetRawText()} was given.", wrong);
        }
    }

    private static MhcServiceException Wrong(string name, string message, Exception? inner = null) =>
        new(message, inner) { StatusCode = HttpStatusCode.BadRequest, Parameter = name, Code = "invalid_value" };
}
