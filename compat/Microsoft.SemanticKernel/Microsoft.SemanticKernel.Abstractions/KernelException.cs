namespace Microsoft.SemanticKernel;

public class KernelException : Exception
{
    public KernelException() { }

    public KernelException(string? message) : base(message) { }

    public KernelException(string? message, Exception? innerException) : base(message, innerException) { }
}
