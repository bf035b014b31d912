using System.Text.Json;
using MhcPipeline.Serve.Errors;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>
/// Fields of OpenAI's API, and of other servers', that this one does not do. What asks for nothing is let pass; everything else is refused rather than
/// ignored, and so is a field that nobody knows: it may be a slip of the pen. docs/api.md lists all of them.
/// </summary>
internal static class OtherFields
{
    /// <summary>They say who asks and how to file it: no answer depends on them.</summary>
    private static readonly HashSet<string> _withoutEffect = ["user", "metadata", "safety_identifier", "prompt_cache_key"];

    /// <summary>What clients leave in an assistant's message that they send back.</summary>
    private static readonly HashSet<string> _leftovers = ["parsed", "parsed_arguments", "id", "index"];

    /// <summary>Values with which a field asks for what happens anyway.</summary>
    private static readonly Dictionary<string, string[]> _asUsual = new()
    {
        ["store"] = ["false"],
        ["service_tier"] = ["\"auto\"", "\"default\""],
        ["modalities"] = ["[\"text\"]"],
        ["background"] = ["false"],
        ["truncation"] = ["\"disabled\""],
        ["include"] = ["[]"],
        ["functions"] = ["[]"],
        ["ignore_eos"] = ["false"],
        ["stop_token_ids"] = ["[]"],
        ["length_penalty"] = ["1", "1.0"],
        ["use_beam_search"] = ["false"],
        ["skip_special_tokens"] = ["true"],
        ["n_predict"] = ["-1"],
        ["annotations"] = ["[]"],
    };

    private static readonly Dictionary<string, string> _reasons = new()
    {
        ["audio"] = "These models give text only.",
        ["modalities"] = "These models give text only: it may be [\"text\"].",
        ["functions"] = "It is the older name of 'tools': use that.",
        ["function_call"] = "It is the older name of 'tool_choice': use that.",
        ["prediction"] = "Predicted output is not supported.",
        ["reasoning"] = "These models do not reason apart from their answer.",
        ["reasoning_effort"] = "These models do not reason apart from their answer.",
        ["verbosity"] = "These models were not trained to it: say in a message how long the answer is to be.",
        ["web_search_options"] = "This server searches nothing.",
        ["store"] = "This server stores nothing: leave it out or set it to false.",
        ["previous_response_id"] = "This server stores nothing: send the whole conversation in 'input'.",
        ["conversation"] = "This server stores nothing: send the whole conversation in 'input'.",
        ["prompt"] = "This server has no stored prompts: use 'instructions' and 'input'.",
        ["background"] = "Answers are given at once or streamed.",
        ["truncation"] = "Nothing is cut from a conversation: it may be \"disabled\".",
        ["include"] = "There is nothing to include: leave it out.",
        ["service_tier"] = "There is one kind of service: it may be \"auto\" or \"default\".",
        ["max_tool_calls"] = "This server calls no tools itself.",
        ["grammar"] = "Use 'structured_outputs' with 'grammar'.",
        ["guided_grammar"] = "Use 'structured_outputs' with 'grammar'.",
        ["guided_json"] = "Use 'response_format' of type json_schema, or 'structured_outputs' with 'json'.",
        ["json_schema"] = "Use 'response_format' of type json_schema, or 'structured_outputs' with 'json'.",
        ["guided_regex"] = "Use 'structured_outputs' with 'regex'.",
        ["regex"] = "Use 'structured_outputs' with 'regex'.",
        ["guided_choice"] = "Use 'structured_outputs' with 'choice'.",
        ["ignore_eos"] = "An answer ends where the model ends it.",
        ["stop_token_ids"] = "Use 'stop' with strings.",
        ["length_penalty"] = "There is no beam search.",
        ["use_beam_search"] = "There is no beam search.",
        ["skip_special_tokens"] = "Special tokens are never part of the text.",
        ["n_predict"] = "Use 'max_tokens'.",
        ["refusal"] = "These models do not refuse in a field of their own: say it in 'content'.",
        ["annotations"] = "These models give text only.",
    };

    /// <exception cref="ApiException">One of the fields asks for something.</exception>
    public static void Require(IDictionary<string, JsonElement>? fields) => Require(fields, "", _withoutEffect);

    /// <summary>The same for a message that may be an answer of before.</summary>
    /// <param name="fields">What the message has beyond the fields that are read.</param>
    /// <param name="where">Its place, as <c>messages[0]</c>.</param>
    /// <exception cref="ApiException">One of the fields asks for something.</exception>
    public static void RequireSentBack(IDictionary<string, JsonElement>? fields, string where) => Require(fields, where + ".", _leftovers);

    private static void Require(IDictionary<string, JsonElement>? fields, string where, HashSet<string> withoutEffect)
    {
        foreach ((string name, JsonElement value) in fields ?? new Dictionary<string, JsonElement>())
        {
            if (value.ValueKind == JsonValueKind.Null || withoutEffect.Contains(name) || (_asUsual.TryGetValue(name, out string[]? usual) && usual.Contains(Compact(value))))
            {
                continue;
            }
            throw _reasons.TryGetValue(name, out string? reason)
                ? ApiException.Unsupported($"'{where}{name}' is not supported. {reason}", where + name)
                : Unknown(where + name);
        }
    }

    public static ApiException Unknown(string field) => ApiException.Invalid($"'{field}' is not a field of this endpoint; /openapi/v1.json lists those that are.", field, "unknown_parameter");

    private static string Compact(JsonElement value) => string.Concat(value.GetRawText().Where(c => !char.IsWhiteSpace(c)));
}
