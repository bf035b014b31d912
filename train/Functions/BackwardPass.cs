using System.Runtime.InteropServices;
using MhcPipeline.Core;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>The backward passes that one thread begins, and what went wrong in the present one.</summary>
public sealed class BackwardPass
{
    [ThreadStatic]
    private static BackwardPass? _ofThisThread;

    private Failure? _failure;

    private BackwardPass()
    {
    }

    /// <summary>The calling thread's: operations take note of it on the way forward.</summary>
    internal static BackwardPass OfThisThread => _ofThisThread ??= new();

    /// <summary>Whether an operation has failed: those after it have nothing to compute.</summary>
    internal bool HasFailed => Volatile.Read(ref _failure) is not null;

    /// <summary>Adds the gradients of a loss to those of its parameters; to be called by the thread that computed the loss.</summary>
    /// <param name="loss">A scalar.</param>
    /// <exception cref="PipelineException">An operation failed, which is named; the gradients are incomplete.</exception>
    public static void Run(Tensor loss)
    {
        ExternalException? native = null;
        try
        {
            loss.backward();
        }
        catch (ExternalException e)
        {
            native = e;
        }
        if (Interlocked.Exchange(ref OfThisThread._failure, null) is { } failure) // what libtorch says then only follows from it
            throw new PipelineException($"The backward pass failed in {failure.Operation}: {FirstLine(failure.Exception)}", failure.Exception);
        if (native is not null)
            throw new PipelineException($"The backward pass failed: {FirstLine(native)}", native);
    }

    /// <summary>Remembers the first failure.</summary>
    internal void Fail(string operation, Exception exception) => Interlocked.CompareExchange(ref _failure, new(operation, exception), null);

    private static string FirstLine(Exception exception) => exception.Message.Split('\n')[0].TrimEnd();

    private sealed record Failure(string Operation, Exception Exception);
}
