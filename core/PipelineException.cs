namespace MhcPipeline.Core;

/// <summary>An error that a user can cause and mend: its message says what was wrong, where, and what to do.</summary>
/// <param name="message">One clear message, shown as it is.</param>
/// <param name="inner">The cause, if another exception is behind it.</param>
public sealed class PipelineException(string message, Exception? inner = null) : Exception(message, inner);
