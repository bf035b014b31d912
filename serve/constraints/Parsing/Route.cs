using MhcPipeline.Constraints.Lexing;

namespace MhcPipeline.Constraints.Parsing;

/// <summary>One way to understand what was read: a lexeme in the making and the stack under it.</summary>
/// <param name="Lexeme">How far the lexeme has come.</param>
/// <param name="Count">Its code points so far, where its length is limited.</param>
/// <param name="Goal">What becomes of it.</param>
/// <param name="Stack">The stack.</param>
internal readonly record struct Route(LexState Lexeme, int Count, Goal Goal, Frame? Stack);
