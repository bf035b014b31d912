using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using MhcPipeline.Connector.SemanticKernel;
using MhcPipeline.Core.Corpus;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace MhcPipeline.Connector.Plugins;

/// <summary>
/// What the default model can do with a business document, as kernel functions. The instructions are the ones that it was trained on
/// (<see cref="CorpusInstructions"/>), the answers greedy, so that the same document gives the same result.
/// </summary>
/// <param name="serviceId">The chat service to use; null uses the kernel's default.</param>
[Description("Reads business documents: orders, invoices and support e-mails.")]
public sealed class BusinessDocumentsPlugin(string? serviceId = null)
{
    // Far above what real answers need, so that a model which does not end its answer costs seconds, not minutes.
    private const int MaxFieldsTokens = 512;
    private const int MaxAnswerTokens = 128;
    private const int MaxLabelTokens = 32;

    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false };

    /// <summary>Extracts a document's fields.</summary>
    /// <param name="kernel">Has the chat service.</param>
    /// <param name="document">The document's text.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>Field names and values; numbers are numbers, all else is text as the document spells it.</returns>
    /// <exception cref="UnusableAnswerException">The answer is not a JSON object.</exception>
    [KernelFunction("extract_fields")]
    [Description("Extracts the fields of a business document, such as order or invoice number, customer, product, quantity, dates and total.")]
    [return: Description("A JSON object with the names and values of the document's fields.")]
    public async Task<JsonObject> ExtractFieldsAsync(
        Kernel kernel,
        [Description("The document's full text.")] string document,
        CancellationToken cancellationToken = default)
    {
        string answer = await AskAsync(kernel, document, CorpusInstructions.Extract, MaxFieldsTokens, cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonNode.Parse(answer, documentOptions: _strict) as JsonObject
                ?? throw new UnusableAnswerException($"The model was asked for a JSON object, but answered: {Shorten(answer)}", answer);
        }
        catch (JsonException wrong)
        {
            throw new UnusableAnswerException($"The model was asked for a JSON object, but its answer is not valid JSON: {Shorten(answer)}", answer, wrong);
        }
    }

    /// <summary>Answers a question about a document.</summary>
    /// <param name="kernel">Has the chat service.</param>
    /// <param name="document">The document's text.</param>
    /// <param name="question">The question; the wordings of <see cref="CorpusInstructions.Questions"/> are understood best.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The answer, usually a value copied from the document.</returns>
    [KernelFunction("answer_question")]
    [Description("Answers a question about a business document with a value from it.")]
    [return: Description("The answer in a few words.")]
    public Task<string> AnswerQuestionAsync(
        Kernel kernel,
        [Description("The document's full text.")] string document,
        [Description("The question, for example: What is the total?")] string question,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(question);
        return AskAsync(kernel, document, question.Trim(), MaxAnswerTokens, cancellationToken);
    }

    /// <summary>Says what a document is, or what an e-mail is about.</summary>
    /// <param name="kernel">Has the chat service.</param>
    /// <param name="document">The document's text.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>One of <see cref="CorpusInstructions.Labels"/>.</returns>
    /// <exception cref="UnusableAnswerException">The answer is none of the labels.</exception>
    [KernelFunction("classify_document")]
    [Description("Classifies a business document: order, invoice, or what a support e-mail is about (delivery, refund, defect, billing).")]
    [return: Description("One label: order, invoice, delivery, refund, defect or billing.")]
    public async Task<string> ClassifyAsync(
        Kernel kernel,
        [Description("The document's full text.")] string document,
        CancellationToken cancellationToken = default)
    {
        string answer = await AskAsync(kernel, document, CorpusInstructions.Classify, MaxLabelTokens, cancellationToken).ConfigureAwait(false);
        return CorpusInstructions.Labels.FirstOrDefault(label => label.Equals(answer, StringComparison.OrdinalIgnoreCase))
            ?? throw new UnusableAnswerException(
                $"The model was asked for one of {string.Join(", ", CorpusInstructions.Labels)}, but answered: {Shorten(answer)}", answer);
    }

    private async Task<string> AskAsync(Kernel kernel, string document, string instruction, int maxTokens, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentException.ThrowIfNullOrWhiteSpace(document);
        var chat = kernel.GetRequiredService<IChatCompletionService>(serviceId);
        ChatHistory history = [];
        history.AddUserMessage(CorpusInstructions.Ask(document, instruction));
        MhcPromptExecutionSettings settings = new() { Temperature = 0, MaxTokens = maxTokens };
        var answer = await chat.GetChatMessageContentAsync(history, settings, kernel, cancellationToken).ConfigureAwait(false);
        return (answer.Content ?? string.Empty).Trim();
    }

    private static string Shorten(string answer) => answer.Length == 0 ? "(nothing)" : answer.Length <= 200 ? answer : answer[..200] + "...";
}
