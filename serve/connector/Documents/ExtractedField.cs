using System.Text.Json.Nodes;

namespace MhcPipeline.Connector.Documents;

/// <summary>A value that was extracted from a document, and what speaks for it.</summary>
/// <param name="Path">Where it stands in the extracted JSON, as a JSON pointer such as <c>/lines/0/product</c>.</param>
/// <param name="Value">The value: text, a number, true or false; null where the answer says null.</param>
/// <param name="InDocument">
/// Whether it stands in the document: text whatever its case and white space, and not inside another word; a number or an ISO date in any usual spelling.
/// Null where there is nothing to look for: true, false, null, empty text.
/// </param>
/// <param name="Probability">The model's probability of just this value, the product of its tokens', 0 to 1; null where the model gave none.</param>
public sealed record ExtractedField(string Path, JsonNode? Value, bool? InDocument, double? Probability)
{
    /// <summary>Whether a person should look at it: it does not stand in the document, or the model held it for less probable than this.</summary>
    /// <param name="leastProbability">From 0 to 1; below it a value is doubtful.</param>
    public bool IsDoubtful(double leastProbability = 0.5) => InDocument is false || Probability < leastProbability;
}
