using System.Runtime.InteropServices;
using MhcPipeline.Core.Operators;

namespace MhcPipeline.Plugin;

/// <summary>What ONNX Runtime looks for in a library of operators.</summary>
public static class EntryPoint
{
    /// <summary>Makes the operators known to the sessions that will be made with some options.</summary>
    /// <param name="sessionOptions">OrtSessionOptions*.</param>
    /// <param name="apiBase">OrtApiBase*.</param>
    /// <returns>OrtStatus*; 0 when all is well.</returns>
    [UnmanagedCallersOnly(EntryPoint = "RegisterCustomOps")]
    public static nint RegisterCustomOps(nint sessionOptions, nint apiBase) => MhcOperators.TryRegister(sessionOptions, apiBase);
}
