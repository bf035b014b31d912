using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MhcPipeline.Client.Contract;
using MhcPipeline.Core.Corpus;
using Microsoft.Extensions.AI;

namespace MhcPipeline.Connector.Documents;

/// <summary>
/// Reads business documents with any chat client whose model enforces a schema and a choice, such as <see cref="Client.MhcChatClient"/>. The instructions are the ones
/// that the default model was trained on (<see cref="CorpusInstructions"/>), the answers greedy, so that the same document gives the same result.
/// </summary>
/// <param name="client">The client, which stays the caller's.</param>
public sealed class DocumentReader(IChatClient client)
{
    // Far above what real answers need, so that a model which does not end its answer costs seconds, not minutes.
    private const int MaxFieldsTokens = 1024;
    private const int MaxAnswerTokens = 128;

    private static readonly JsonElement _fields = JsonSerializer.Deserialize<JsonElement>(
        """
        {"type":"object","properties":{"order":{"$ref":"#/$defs/text"},"invoice":{"$ref":"#/$defs/text"},"customer":{"$ref":"#/$defs/text"},"product":{"$ref":"#/$defs/text"},
        "quantity":{"type":"integer","minimum":0,"maximum":1000000000},"date":{"$ref":"#/$defs/text"},"due":{"$ref":"#/$defs/text"},"total":{"type":"number"}},
        "additionalProperties":false,"$defs":{"text":{"type":"string","maxLength":200}}}
        """);

    /// <summary>The schema where none is given: the fields that the default model knows, each of them optional.</summary>
    public static JsonElement DefaultSchema => _fields;

    /// <summary>Reads a document's values into a JSON object.</summary>
    /// <param name="document">The document's text.</param>
    /// <param name="schema">JSON Schema of the object; null is <see cref="DefaultSchema"/>.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The object, which fits the schema, and what speaks for each of its values.</returns>
    /// <exception cref="UnusableAnswerException">The answer is longer than it may be, or breaks a keyword that could only be checked.</exception>
    /// <exception cref="MhcServiceException">The model did not answer, such as because the schema is none.</exception>
    public async Task<Extraction<JsonObject>> ExtractAsync(string document, JsonElement? schema = null, CancellationToken cancellationToken = default)
    {
        (string json, IReadOnlyList<ExtractedField> fields) = await ExtractAsync(document, ChatResponseFormat.ForJsonSchema(schema ?? _fields, "fields"), cancellationToken).ConfigureAwait(false);
        return new Extraction<JsonObject>(
            JsonNode.Parse(json) as JsonObject ?? throw new UnusableAnswerException($"The schema allows what is no JSON object, and the answer is none: {Shorten(json)}", json),
            fields);
    }

    /// <summary>Reads a document's values into a type.</summary>
    /// <typeparam name="T">A type with properties. Its schema is what Microsoft.Extensions.AI makes of it, without further properties, with the limits of its numbers, and with at most 200 characters a text unless it says otherwise.</typeparam>
    /// <param name="document">The document's text.</param>
    /// <param name="serializerOptions">How the type is written as JSON; null is as Microsoft.Extensions.AI does.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The values, and what speaks for each of them.</returns>
    /// <exception cref="UnusableAnswerException">The answer is longer than it may be, breaks a keyword that could only be checked, or is refused by the type itself.</exception>
    /// <exception cref="MhcServiceException">The model did not answer.</exception>
    public async Task<Extraction<T>> ExtractAsync<T>(string document, JsonSerializerOptions? serializerOptions = null, CancellationToken cancellationToken = default)
    {
        serializerOptions ??= AIJsonUtilities.DefaultOptions;
        (string json, IReadOnlyList<ExtractedField> fields) = await ExtractAsync(document, ChatResponseFormat.ForJsonSchema(TypeSchema.Of(typeof(T), serializerOptions), "fields"), cancellationToken).ConfigureAwait(false);
        return new Extraction<T>(Parse<T>(json, serializerOptions), fields);
    }

    /// <summary>Answers a question about a document.</summary>
    /// <param name="document">The document's text.</param>
    /// <param name="question">The question; the wordings of <see cref="CorpusInstructions.Questions"/> are understood best.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The answer, usually a value copied from the document.</returns>
    /// <exception cref="MhcServiceException">The model did not answer.</exception>
    public async Task<string> AnswerAsync(string document, string question, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(question);
        ChatResponse answer = await AskAsync(document, question.Trim(), new ChatOptions { MaxOutputTokens = MaxAnswerTokens }, cancellationToken).ConfigureAwait(false);
        return answer.Text.Trim();
    }

    /// <summary>Says what a document is, or what an e-mail is about.</summary>
    /// <param name="document">The document's text.</param>
    /// <param name="labels">The labels to choose from; null is <see cref="CorpusInstructions.Labels"/>.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>One of the labels.</returns>
    /// <exception cref="UnusableAnswerException">The client's model does not keep to a choice.</exception>
    /// <exception cref="MhcServiceException">The model did not answer.</exception>
    public async Task<string> ClassifyAsync(string document, IReadOnlyList<string>? labels = null, CancellationToken cancellationToken = default)
    {
        labels ??= CorpusInstructions.Labels;
        JsonObject choice = new() { ["choice"] = new JsonArray([.. labels.Select(label => (JsonNode)label)]) };
        ChatOptions options = new() { AdditionalProperties = new() { ["structured_outputs"] = JsonSerializer.SerializeToElement(choice) } };
        ChatResponse answer = await AskAsync(document, CorpusInstructions.Classify, options, cancellationToken).ConfigureAwait(false);
        return labels.Contains(answer.Text) ? answer.Text
            : throw new UnusableAnswerException($"The model was asked for one of {string.Join(", ", labels)}, but answered: {Shorten(answer.Text)}", answer.Text);
    }

    private static T Parse<T>(string json, JsonSerializerOptions options)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, options) ?? throw new JsonException("The answer is null.");
        }
        catch (JsonException) when (PlainNumbers.Of(json) is var plain && plain != json)
        {
            return Parse<T>(plain, options);
        }
        catch (JsonException wrong)
        {
            throw new UnusableAnswerException($"The answer cannot be read as {typeof(T).Name}: {wrong.Message} {Shorten(json)}", json, wrong);
        }
    }

    private async Task<(string Json, IReadOnlyList<ExtractedField> Fields)> ExtractAsync(string document, ChatResponseFormat format, CancellationToken cancellationToken)
    {
        ChatOptions options = new() { ResponseFormat = format, MaxOutputTokens = MaxFieldsTokens, AdditionalProperties = new() { ["logprobs"] = true } };
        ChatResponse answer = await AskAsync(document, CorpusInstructions.Extract, options, cancellationToken).ConfigureAwait(false);
        string json = answer.Text;
        if (answer.FinishReason == ChatFinishReason.Length)
            throw new UnusableAnswerException($"The answer was cut after {answer.Usage?.OutputTokenCount ?? MaxFieldsTokens} tokens, in the middle of its JSON: {Shorten(json)}", json);
        if (answer.AdditionalProperties?.GetValueOrDefault("schema_check") is SchemaCheck { Valid: false } check)
            throw new UnusableAnswerException($"The answer breaks its schema: {check.Error}. {Shorten(json)}", json);
        try
        {
            byte[] bytes = Encoding.UTF8.GetBytes(json);
            TokenSpans tokens = new(bytes, answer.AdditionalProperties?.GetValueOrDefault("logprobs") as IReadOnlyList<TokenLogProbability> ?? []);
            DocumentText text = new(document);
            return (json, [.. AnswerValue.Read(bytes).Select(value => new ExtractedField(value.Path, value.Value, text.Contains(value.Value), tokens.Probability(value.Start, value.End)))]);
        }
        catch (JsonException wrong)
        {
            throw new UnusableAnswerException($"The model was asked for JSON, but its answer is none: {Shorten(json)}", json, wrong);
        }
    }

    private async Task<ChatResponse> AskAsync(string document, string instruction, ChatOptions options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(document);
        options.Temperature = 0;
        return await client.GetResponseAsync(CorpusInstructions.Ask(document, instruction), options, cancellationToken).ConfigureAwait(false);
    }

    private static string Shorten(string answer) => answer.Length == 0 ? "(nothing)" : answer.Length <= 200 ? answer : answer[..200] + "...";
}
