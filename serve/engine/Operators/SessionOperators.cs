using System.Runtime.InteropServices;
using MhcPipeline.Core;
using MhcPipeline.Core.Operators;
using Microsoft.ML.OnnxRuntime;

namespace MhcPipeline.Engine.Operators;

/// <summary>The operators of domain ai.mhc in sessions of ONNX Runtime's managed API.</summary>
public static class SessionOperators
{
    private static readonly Lazy<nint> _apiBase = new(FindApiBase);

    /// <summary>Makes the operators known to the sessions that will be made with these options. Models without them are not affected.</summary>
    /// <exception cref="PipelineException">ONNX Runtime is too old for them, or its native library cannot be found.</exception>
    public static void RegisterMhcOperators(this SessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        MhcOperators.Register(options.DangerousGetHandle(), _apiBase.Value);
        GC.KeepAlive(options);
    }

    // The managed API does not show its OrtApiBase, so the library is asked again: by the name that the managed API imports, found as its imports are.
    private static unsafe nint FindApiBase()
    {
        if (!NativeLibrary.TryLoad("onnxruntime", typeof(SessionOptions).Assembly, null, out nint library) || !NativeLibrary.TryGetExport(library, "OrtGetApiBase", out nint function))
            throw new PipelineException("The native library of ONNX Runtime (onnxruntime) cannot be found beside the program. Build the project again with `make build`.");
        nint apiBase = ((delegate* unmanaged<nint>)function)();
        string version = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)((nint*)apiBase)[1])())!;
        if (version != OrtEnv.Instance().GetVersionString())
            throw new PipelineException($"Two native libraries of ONNX Runtime are in reach, {OrtEnv.Instance().GetVersionString()} in use and {version} as onnxruntime. Remove the one that does not belong to the program.");
        return apiBase;
    }
}
