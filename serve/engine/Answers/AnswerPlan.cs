using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Engine.Answers;

/// <summary>What an <see cref="AnswerRequest"/> becomes: a text to continue, and how the text that comes is to be read.</summary>
/// <param name="Generation">What the engine generates.</param>
/// <param name="ReadsCalls">Whether the text may hold calls of tools.</param>
public sealed record AnswerPlan(GenerationRequest Generation, bool ReadsCalls)
{
    internal AnswerChecks Checks { get; init; } = AnswerChecks.None;

    /// <summary>Reads one answer; several texts of one plan need a reader each.</summary>
    public AnswerReader CreateReader() => new(ReadsCalls);

    /// <summary>Checks a finished answer against what of its schemas could not be enforced; null where all of them were.</summary>
    public AnswerCheck? Check(Answer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return Checks.Check(answer);
    }
}
