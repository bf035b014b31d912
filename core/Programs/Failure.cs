using System.Diagnostics;

namespace MhcPipeline.Core.Programs;

/// <summary>Tells a person in one line why a program could not go on.</summary>
internal static class Failure
{
    /// <summary>What a message of libtorch, ONNX Runtime or the C++ library says when memory ran out: their exceptions have no type of their own for it.</summary>
    private static readonly string[] _outOfMemory = ["allocate memory", "out of memory", "bad_alloc", "bad allocation"];

    /// <summary>What was wrong, where, and what to do.</summary>
    public static string Describe(Exception exception)
    {
        Exception cause = exception;
        while (cause is AggregateException or TypeInitializationException && cause.InnerException is { } inner)
            cause = inner;
        string message = FirstLine(cause.Message);
        return cause switch
        {
            PipelineException => cause.Message,
            OutOfMemoryException or InsufficientMemoryException => OutOfMemory(cause, ""),
            _ when _outOfMemory.Any(words => cause.Message.Contains(words, StringComparison.OrdinalIgnoreCase)) => OutOfMemory(cause, $": {message}"),
            IOException or UnauthorizedAccessException => $"{message} Check the path, its permissions and the disk's free space.",
            _ => $"unforeseen {cause.GetType().Name}{Where(cause)}: {message} This is a fault of the program; {PipelineProgram.Trace}=1 shows all of it.",
        };
    }

    private static string OutOfMemory(Exception cause, string detail) =>
        $"memory ran out{Where(cause)}{detail}. Close other programs, or make what is worked on smaller (model, batch, context).";

    /// <summary>The innermost method of ours on the way to where it happened.</summary>
    private static string Where(Exception exception) => new StackTrace(exception).GetFrames()
        .Select(frame => frame.GetMethod()?.DeclaringType)
        .FirstOrDefault(type => type?.Namespace?.StartsWith("MhcPipeline", StringComparison.Ordinal) == true) is { } ours ? $" in {Outermost(ours).FullName}" : "";

    /// <summary>Without what the compiler nests in a class for its lambdas and iterators.</summary>
    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static string FirstLine(string message)
    {
        string line = message.Split('\n').Select(part => part.Trim()).FirstOrDefault(part => part.Length > 0) ?? "no reason given";
        return line.EndsWith('.') ? line : line + ".";
    }
}
