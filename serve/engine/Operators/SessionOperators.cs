using System.Runtime.InteropServices;
using MhcPipeline.Core;
using MhcPipeline.Core.Operators;
using Microsoft.ML.OnnxRuntime;

namespace MhcPipeline.Engine.Operators;

/// <summary>The operators of domain ai.mhc in sessions of ONNX Runtime's managed API.</summary>
public static class SessionOperators
{
    private static readonly Lazy<nint> _apiBase = new(FindApiBase);
    private static readonly Lock _first = new();
    private static bool _known;

    /// <summary>OrtApiBase* of the ONNX Runtime that the managed API uses.</summary>
    /// <exception cref="PipelineException">Its native library cannot be found.</exception>
    public static nint ApiBase => _apiBase.Value;

    /// <summary>Loads a model that may have the operators in it. Models without them are not affected.</summary>
    /// <param name="modelPath">Its model.onnx.</param>
    /// <param name="options">Of the session; the operators are registered with them.</param>
    /// <param name="register">Takes the operators from elsewhere; null for those of this process.</param>
    /// <exception cref="PipelineException">ONNX Runtime is too old for the operators, or its native library cannot be found.</exception>
    /// <exception cref="OnnxRuntimeException">ONNX Runtime cannot load the model.</exception>
    public static InferenceSession Load(string modelPath, SessionOptions options, Action<SessionOptions>? register = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        // The first session with a domain adds it to a table of ONNX Runtime's, which looks and adds in two steps: of two first sessions at once the second to add fails.
        if (Volatile.Read(ref _known))
            return Create();
        lock (_first)
        {
            InferenceSession session = Create();
            Volatile.Write(ref _known, true);
            return session;
        }

        InferenceSession Create()
        {
            (register ?? RegisterMhcOperators)(options);
            return new InferenceSession(modelPath, options);
        }
    }

    private static void RegisterMhcOperators(SessionOptions options)
    {
        MhcOperators.Register(options.DangerousGetHandle(), ApiBase);
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
