namespace MhcPipeline.Engine.Contract;

/// <summary>What an engine has done since it was loaded. All numbers are totals, so rates are differences of two readings.</summary>
public sealed record EngineStatistics
{
    /// <summary>Requests that got a slot.</summary>
    public long Requests { get; init; }

    /// <summary>Those of them that found the start of their prompt in a slot.</summary>
    public long CachedRequests { get; init; }

    /// <summary>Tokens of these requests' prompts.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Those of them that were not computed, because a slot held them already.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Tokens chosen.</summary>
    public long GeneratedTokens { get; init; }

    /// <summary>Runs of the model over pieces of prompts.</summary>
    public long PrefillSteps { get; init; }

    /// <summary>Runs of the model that gave each of the sequences at hand one token.</summary>
    public long DecodeSteps { get; init; }

    /// <summary>Sequences in all decode steps together: divided by <see cref="DecodeSteps"/>, how many ran side by side.</summary>
    public long DecodedTokens { get; init; }

    /// <summary>Prompt tokens taken from slots, of all prompt tokens: 0 to 1.</summary>
    public double HitRate => PromptTokens == 0 ? 0 : (double)CachedTokens / PromptTokens;
}
