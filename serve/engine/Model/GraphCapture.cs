using Microsoft.ML.OnnxRuntime;

namespace MhcPipeline.Engine.Model;

/// <summary>Sessions that capture decode steps into CUDA graphs, which ONNX Runtime refuses for some models.</summary>
internal static class GraphCapture
{
    /// <summary>Whether a session was refused because it was to capture.</summary>
    public static bool Refused(OnnxRuntimeException error) => error.Message.Contains("cannot use the graph capture feature", StringComparison.Ordinal);

    /// <summary>Opens a session that captures, or one that does not where that is refused.</summary>
    /// <param name="open">Opens a session, told whether it captures.</param>
    /// <param name="notice">Takes the line that says why it does not.</param>
    public static (InferenceSession Session, bool Captures) Open(Func<bool, InferenceSession> open, Action<string> notice)
    {
        try
        {
            return (open(true), true);
        }
        catch (OnnxRuntimeException e) when (Refused(e))
        {
            notice($"Decode steps run without CUDA graphs, which costs some time for each operator: {e.Message.ReplaceLineEndings(" ")} Export the run with `--device cuda` for a graph that runs on the GPU as a whole.");
            return (open(false), false);
        }
    }
}
