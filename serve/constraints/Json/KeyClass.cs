using MhcPipeline.Constraints.Lexing;

namespace MhcPipeline.Constraints.Json;

/// <summary>Keys that a schema does not name, but describes.</summary>
/// <param name="Key">The lexeme of such a key, with its quotes.</param>
/// <param name="Value">The value of each.</param>
internal sealed record KeyClass(LexState Key, ValueNode Value);
