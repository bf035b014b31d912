using MhcPipeline.Core.Text;
using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Engine.Answers;

/// <summary>The next turn of a conversation: what was said, which tools may be called, and what the answer has to be.</summary>
public sealed record AnswerRequest
{
    /// <summary>The conversation, oldest turn first. Calls and their results stand in it as <see cref="ToolText"/> writes them.</summary>
    public required IReadOnlyList<ChatTurn> Turns { get; init; }

    /// <summary>Tools that the model is told of.</summary>
    public IReadOnlyList<ToolDefinition> Tools { get; init; } = [];

    /// <summary>Whether they are called.</summary>
    public ToolChoice ToolChoice { get; init; } = ToolChoice.Auto;

    /// <summary>Whether an answer may have more than one call.</summary>
    public bool ParallelToolCalls { get; init; } = true;

    /// <summary>What the answer's text has to be where it calls no tool.</summary>
    public AnswerFormat Format { get; init; } = AnswerFormat.Text;

    /// <summary>Most tokens to generate.</summary>
    public int MaxTokens { get; init; } = int.MaxValue;

    /// <summary>How tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Strings that end the answer.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Null: no log-probabilities. Otherwise every token has its own, and this many alternatives.</summary>
    public int? LogProbs { get; init; }
}
