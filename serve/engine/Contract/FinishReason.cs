namespace MhcPipeline.Engine.Contract;

/// <summary>Why a generation ended.</summary>
public enum FinishReason
{
    /// <summary>The model ended its text, or a stop string came up.</summary>
    Stop,

    /// <summary>The token limit of the request, or the context, was reached.</summary>
    Length,

    /// <summary>The caller cancelled, or the engine is closing down.</summary>
    Cancelled,
}
