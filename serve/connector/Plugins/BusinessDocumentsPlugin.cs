using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using MhcPipeline.Client.Contract;
using MhcPipeline.Connector.Documents;
using MhcPipeline.Core.Corpus;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace MhcPipeline.Connector.Plugins;

/// <summary>What a model can do with a business document, as kernel functions; see <see cref="DocumentReader"/>.</summary>
/// <param name="serviceId">The chat client (else chat service) to use; null uses the kernel's default.</param>
[Description("Reads business documents: orders, invoices and support e-mails.")]
public sealed class BusinessDocumentsPlugin(string? serviceId = null)
{
    /// <summary>Extracts a document's fields.</summary>
    /// <param name="kernel">Has the chat client or service.</param>
    /// <param name="document">The document's text.</param>
    /// <param name="schema">JSON Schema of what is wanted, as text; null is <see cref="DocumentReader.DefaultSchema"/>.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The fields, which fit the schema, and for each whether it stands in the document and how probable the model held it.</returns>
    /// <exception cref="ArgumentException">The schema is not JSON.</exception>
    /// <exception cref="UnusableAnswerException">The answer is longer than it may be, or breaks a keyword that could only be checked.</exception>
    /// <exception cref="MhcServiceException">The model did not answer, such as because the schema is none.</exception>
    [KernelFunction("extract_fields")]
    [Description("Extracts the fields of a business document, such as order or invoice number, customer, product, quantity, dates and total.")]
    [return: Description("The fields as a JSON object, and for each value whether it stands in the document and its probability.")]
    public Task<Extraction<JsonObject>> ExtractFieldsAsync(
        Kernel kernel,
        [Description("The document's full text.")] string document,
        [Description("JSON Schema of the wanted object; left out for the usual fields of orders, invoices and support e-mails.")] string? schema = null,
        CancellationToken cancellationToken = default) => Reader(kernel).ExtractAsync(document, Parse(schema), cancellationToken);

    /// <summary>Extracts a document's values into a type: <c>ExtractAsync&lt;Invoice&gt;(kernel, text)</c>.</summary>
    /// <typeparam name="T">A type with properties.</typeparam>
    /// <param name="kernel">Has the chat client or service.</param>
    /// <param name="document">The document's text.</param>
    /// <param name="serializerOptions">How the type is written as JSON; null is as Microsoft.Extensions.AI does.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The values, and for each whether it stands in the document and how probable the model held it.</returns>
    /// <exception cref="UnusableAnswerException">The answer is longer than it may be, breaks a keyword that could only be checked, or is refused by the type itself.</exception>
    /// <exception cref="MhcServiceException">The model did not answer.</exception>
    public Task<Extraction<T>> ExtractAsync<T>(Kernel kernel, string document, JsonSerializerOptions? serializerOptions = null, CancellationToken cancellationToken = default) =>
        Reader(kernel).ExtractAsync<T>(document, serializerOptions, cancellationToken);

    /// <summary>Answers a question about a document.</summary>
    /// <param name="kernel">Has the chat client or service.</param>
    /// <param name="document">The document's text.</param>
    /// <param name="question">The question; the wordings of <see cref="CorpusInstructions.Questions"/> are understood best.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The answer, usually a value copied from the document.</returns>
    /// <exception cref="MhcServiceException">The model did not answer.</exception>
    [KernelFunction("answer_question")]
    [Description("Answers a question about a business document with a value from it.")]
    [return: Description("The answer in a few words.")]
    public Task<string> AnswerQuestionAsync(
        Kernel kernel,
        [Description("The document's full text.")] string document,
        [Description("The question, for example: What is the total?")] string question,
        CancellationToken cancellationToken = default) => Reader(kernel).AnswerAsync(document, question, cancellationToken);

    /// <summary>Says what a document is, or what an e-mail is about.</summary>
    /// <param name="kernel">Has the chat client or service.</param>
    /// <param name="document">The document's text.</param>
    /// <param name="labels">The labels to choose from, separated by commas; null is <see cref="CorpusInstructions.Labels"/>.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>One of the labels.</returns>
    /// <exception cref="UnusableAnswerException">The service's model does not keep to a choice.</exception>
    /// <exception cref="MhcServiceException">The model did not answer.</exception>
    [KernelFunction("classify_document")]
    [Description("Classifies a business document: order, invoice, or what a support e-mail is about (delivery, refund, defect, billing).")]
    [return: Description("One of the labels.")]
    public Task<string> ClassifyAsync(
        Kernel kernel,
        [Description("The document's full text.")] string document,
        [Description("The labels to choose from, separated by commas; left out for order, invoice, delivery, refund, defect and billing.")] string? labels = null,
        CancellationToken cancellationToken = default) =>
        Reader(kernel).ClassifyAsync(document, labels?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), cancellationToken);

    private DocumentReader Reader(Kernel kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        return new DocumentReader(kernel.GetAllServices<IChatClient>().Any() ? kernel.GetRequiredService<IChatClient>(serviceId) : kernel.GetRequiredService<IChatCompletionService>(serviceId).AsChatClient());
    }

    private static JsonElement? Parse(string? schema)
    {
        if (string.IsNullOrWhiteSpace(schema)) return null;
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(schema);
        }
        catch (JsonException wrong)
        {
            throw new ArgumentException($"The schema is not JSON: {wrong.Message}", nameof(schema), wrong);
        }
    }
}
