using System.Text.Json.Nodes;
using MhcPipeline.Connector.Documents;
using MhcPipeline.Connector.Plugins;
using MhcPipeline.Core.Corpus;
using Microsoft.SemanticKernel;

namespace OrderDesk;

/// <summary>Works through documents with the kernel's model: says what each is, reads its fields, asks it one question.</summary>
/// <param name="kernel">Has the model and, under <see cref="PluginName"/>, the <see cref="BusinessDocumentsPlugin"/>.</param>
/// <param name="question">The question for every document; null asks each kind what a clerk would want to know of it.</param>
public sealed class Desk(Kernel kernel, string? question = null)
{
    /// <summary>The name that the plugin must be registered under.</summary>
    public const string PluginName = "documents";

    /// <summary>Everything about one document. An answer that the model got wrong is the entry's problem, not an exception.</summary>
    public async Task<DeskEntry> ReadAsync(string file, string document, CancellationToken cancellationToken = default)
    {
        List<string> problems = [];
        string? label = await TryAsync<string>("classify_document");
        var extraction = await TryAsync<Extraction<JsonObject>>("extract_fields");
        problems.AddRange((extraction?.Doubtful() ?? []).Select(field => $"{field.Path[1..]} is doubtful."));
        JsonObject fields = extraction?.Value ?? [];
        string asked = question ?? QuestionFor(label);
        string answer = await TryAsync<string>("answer_question", asked) ?? string.Empty;
        return new DeskEntry(file, label, fields, asked, answer, problems.Count == 0 ? null : string.Join(' ', problems));

        async Task<T?> TryAsync<T>(string function, string? about = null) where T : class
        {
            try
            {
                KernelArguments arguments = new() { ["document"] = document };
                if (about is not null) arguments["question"] = about;
                return await kernel.InvokeAsync<T>(PluginName, function, arguments, cancellationToken);
            }
            catch (UnusableAnswerException wrong)
            {
                problems.Add(wrong.Message);
                return null;
            }
        }
    }

    private static string QuestionFor(string? label) => CorpusInstructions.Questions(label switch
    {
        "order" => "quantity",
        "invoice" => "due",
        "delivery" => "date",
        "refund" or "defect" => "product",
        _ => "customer",
    })[0];
}
