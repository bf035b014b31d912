namespace MhcPipeline.Core.Corpus.Documents;

/// <summary>One fact in the two shapes that layouts use.</summary>
/// <param name="Line">As a line of a form: label, separator, value.</param>
/// <param name="Sentence">As a sentence of a letter.</param>
internal sealed record Fact(string Line, string Sentence);
