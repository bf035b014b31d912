namespace MhcPipeline.Core.Corpus;

/// <summary>
/// The wordings that the corpus trains on. Programs that ask a trained model should use them too:
/// a small model understands the questions that it has seen, about documents that it has not.
/// </summary>
public static class CorpusInstructions
{
    /// <summary>The instruction that asks for all fields as JSON.</summary>
    public const string Extract = "Extract the fields as JSON.";

    /// <summary>The instruction that asks for the document's label.</summary>
    public const string Classify = "Classify this document.";

    /// <summary>All wordings of <see cref="Extract"/> that training uses.</summary>
    public static IReadOnlyList<string> ExtractVariants { get; } =
        [Extract, "Return the fields as JSON.", "Give me the data of this document as JSON.", "JSON please."];

    /// <summary>All wordings of <see cref="Classify"/> that training uses.</summary>
    public static IReadOnlyList<string> ClassifyVariants { get; } =
        [Classify, "What kind of document is this?", "Which label fits?"];

    /// <summary>The labels that classification answers with.</summary>
    public static IReadOnlyList<string> Labels { get; } = ["order", "invoice", "delivery", "refund", "defect", "billing"];

    /// <summary>The fields that a question can ask for, as they are named in the JSON answers.</summary>
    public static IReadOnlyCollection<string> Fields => _wordings.Keys;

    private static readonly Dictionary<string, string[]> _wordings = new()
    {
        ["order"] = ["What is the order number?", "Which order is this about?"],
        ["invoice"] = ["What is the invoice number?", "Which invoice is this?"],
        ["customer"] = ["Who is the customer?", "What is the customer's name?"],
        ["product"] = ["Which product is it?", "What is the product?"],
        ["quantity"] = ["How many pieces?", "What is the quantity?"],
        ["date"] = ["What is the date?", "Which date does it have?"],
        ["due"] = ["When is it due?", "What is the due date?"],
        ["total"] = ["What is the total?", "How much is it in total?"],
    };

    /// <summary>The wordings of the question for one field; the first is the plainest.</summary>
    /// <param name="field">A name from <see cref="Fields"/>.</param>
    /// <exception cref="PipelineException">No question asks for this field.</exception>
    public static IReadOnlyList<string> Questions(string field) =>
        _wordings.TryGetValue(field, out string[]? questions)
            ? questions
            : throw new PipelineException($"There is no question for the field '{field}'; fields are {string.Join(", ", Fields)}.");

    /// <summary>The user turn that shows a document and asks something about it: the document, an empty line, the instruction.</summary>
    public static string Ask(string document, string instruction) => $"{document.Trim()}\n\n{instruction}";
}
