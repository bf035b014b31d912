namespace MhcPipeline.Engine.Contract;

/// <summary>A request that the engine cannot run as it stands: a value out of its range, or a prompt longer than the context.</summary>
/// <param name="message">What is wrong and what is allowed.</param>
/// <param name="parameter">The parameter at fault, as the OpenAI API spells it.</param>
/// <param name="code">A word for programs, such as <c>context_length_exceeded</c>.</param>
public sealed class InvalidRequestException(string message, string parameter, string code = "invalid_value") : Exception(message)
{
    /// <summary>The parameter at fault, as the OpenAI API spells it.</summary>
    public string Parameter { get; } = parameter;

    /// <summary>A word for programs, such as <c>context_length_exceeded</c>.</summary>
    public string Code { get; } = code;
}
