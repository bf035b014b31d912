namespace MhcPipeline.Core.Corpus.Documents;

/// <summary>One fact of a document that can be asked for.</summary>
/// <param name="Name">Its key in the JSON answer, for example <c>total</c>.</param>
/// <param name="Value">Its value exactly as the document spells it.</param>
/// <param name="IsNumber">Whether it is a number in the JSON answer rather than a string.</param>
public sealed record DocumentField(string Name, string Value, bool IsNumber = false);
