namespace MhcPipeline.Connector.Documents;

/// <summary>The model answered, but not with what was asked for; the message says what came instead.</summary>
/// <param name="message">What is wrong with the answer.</param>
/// <param name="answer">The answer as it came.</param>
/// <param name="inner">The cause, if another exception is behind it.</param>
public sealed class UnusableAnswerException(string message, string answer, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The answer as it came.</summary>
    public string Answer { get; } = answer;
}
