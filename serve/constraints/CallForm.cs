namespace MhcPipeline.Constraints;

/// <summary>How one kind of call stands in a text: what is before its arguments, their schema, what is behind them.</summary>
/// <param name="Head">Begins with what no other text of the answer has.</param>
/// <param name="Schema">JSON Schema of the arguments.</param>
/// <param name="Strict">Whether a schema with a keyword that cannot be enforced token by token is refused.</param>
public sealed record CallForm(string Head, string Schema, bool Strict);
