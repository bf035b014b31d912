using MhcPipeline.Core.Text;

namespace MhcPipeline.Export.Evaluation;

/// <summary>One line of heldout.jsonl.</summary>
/// <param name="Task">What is asked for: extract, answer, classify, or whatever the file calls it.</param>
/// <param name="Prompt">The turns before the answer.</param>
/// <param name="Answer">The last assistant turn's content, which the model should give.</param>
internal sealed record HeldOutItem(string Task, IReadOnlyList<ChatTurn> Prompt, string Answer);
