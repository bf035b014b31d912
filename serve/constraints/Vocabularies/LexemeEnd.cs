namespace MhcPipeline.Constraints.Vocabularies;

/// <summary>A prefix of tokens after which a lexeme may end.</summary>
/// <param name="Node">The prefix in the trie.</param>
/// <param name="Count">Code points of the string.</param>
/// <param name="Tag">Which of several words it is.</param>
internal readonly record struct LexemeEnd(int Node, int Count, int Tag);
