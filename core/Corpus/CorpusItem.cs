using MhcPipeline.Core.Text;

namespace MhcPipeline.Core.Corpus;

/// <summary>One conversation about one document.</summary>
/// <param name="Messages">User and assistant turns in alternation; the first user turn carries the document, the last turn is the assistant's.</param>
/// <param name="Task">What the last user turn asks for.</param>
public sealed record CorpusItem(IReadOnlyList<ChatTurn> Messages, CorpusTask Task);
