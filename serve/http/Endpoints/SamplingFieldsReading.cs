using System.Globalization;
using System.Text.Json;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Serve.Api;
using MhcPipeline.Serve.Errors;
using MhcPipeline.Serve.Model;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>From the API's fields to what the engine takes.</summary>
internal static class SamplingFieldsReading
{
    private const int MaxStops = 16;
    private const int MaxChoices = 128;

    public static void RequireModel(this SamplingFields fields, string served) => RequireModel(fields.Model, served);

    public static void RequireModel(string? asked, string served)
    {
        if (asked is not null && asked != served)
        {
            throw new ApiException(StatusCodes.Status404NotFound, $"There is no model '{asked}' here; this server has '{served}'.", "model", "model_not_found");
        }
    }

    /// <summary>How many texts to generate for a prompt.</summary>
    public static int Choices(this SamplingFields fields, int prompts = 1)
    {
        int n = fields.N ?? 1;
        if (n < 1 || (long)n * prompts > MaxChoices)
        {
            throw ApiException.Invalid($"'n' must be 1 or more, and n times the number of prompts at most {MaxChoices}, but n is {n} and there are {prompts} prompts.", "n");
        }
        return n;
    }

    public static bool Streams(this SamplingFields fields)
    {
        if (fields.StreamOptions is not null && fields.Stream != true)
        {
            throw ApiException.Invalid("'stream_options' is for streams: set 'stream' to true or leave it out.", "stream_options");
        }
        if (fields.StreamOptions?.IncludeObfuscation == true)
        {
            throw ApiException.Unsupported("'stream_options.include_obfuscation' is not supported: leave it out or set it to false.", "stream_options.include_obfuscation");
        }
        return fields.Stream == true;
    }

    public static bool IncludesUsage(this SamplingFields fields) => fields.StreamOptions?.IncludeUsage == true;

    public static SamplingOptions Sampling(float? temperature, float? topP, GenerationDefaults defaults)
    {
        if (temperature is < 0 or > 2)
        {
            throw ApiException.Invalid(FormattableString.Invariant($"'temperature' must be from 0 to 2, but {temperature} was given."), "temperature");
        }
        return new SamplingOptions
        {
            Temperature = temperature ?? defaults.Temperature,
            TopP = topP ?? defaults.TopP,
            TopK = defaults.TopK,
            RepetitionPenalty = defaults.RepetitionPenalty,
        };
    }

    public static SamplingOptions Sampling(this SamplingFields fields, GenerationDefaults defaults)
    {
        SamplingOptions sampling = Sampling(fields.Temperature, fields.TopP, defaults);
        return sampling with
        {
            TopK = fields.TopK ?? sampling.TopK,
            MinP = fields.MinP ?? 0,
            RepetitionPenalty = fields.RepetitionPenalty ?? sampling.RepetitionPenalty,
            PresencePenalty = fields.PresencePenalty ?? 0,
            FrequencyPenalty = fields.FrequencyPenalty ?? 0,
            LogitBias = fields.LogitBias?.ToDictionary(pair => TokenId(pair.Key), pair => pair.Value),
            Seed = fields.Seed,
        };
    }

    /// <summary>The sampling of one of several texts: the same seed would make them equal.</summary>
    public static SamplingOptions ForChoice(this SamplingOptions sampling, int choice) =>
        sampling.Seed is { } seed ? sampling with { Seed = unchecked(seed + choice) } : sampling;

    public static IReadOnlyList<string> Stops(this SamplingFields fields)
    {
        List<string> stops = fields.Stop switch
        {
            null or { ValueKind: JsonValueKind.Null } => [],
            { ValueKind: JsonValueKind.String } text => [text.GetString()!],
            { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) => [.. list.EnumerateArray().Select(item => item.GetString()!)],
            _ => throw ApiException.Invalid("'stop' must be a string or an array of strings.", "stop", "invalid_type"),
        };
        return stops.Count <= MaxStops ? stops : throw ApiException.Invalid($"'stop' has {stops.Count} strings; at most {MaxStops} are allowed.", "stop");
    }

    private static int TokenId(string key) => int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
        ? id
        : throw ApiException.Invalid($"'logit_bias' must be a map from token ids, but has the key '{key}'.", "logit_bias");
}
