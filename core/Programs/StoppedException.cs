namespace MhcPipeline.Core.Programs;

/// <summary>Work that was asked to stop has stopped and kept what it had: says what that is and how to go on.</summary>
/// <param name="message">One message, shown as it is.</param>
public sealed class StoppedException(string message) : OperationCanceledException(message);
