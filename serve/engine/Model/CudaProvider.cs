using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.Engine.Contract;
using Microsoft.ML.OnnxRuntime;

namespace MhcPipeline.Engine.Model;

/// <summary>ONNX Runtime's CUDA provider, or one line that says why there is none.</summary>
internal static class CudaProvider
{
    /// <summary>Makes sessions of these options compute on a GPU.</summary>
    /// <param name="session">The session's options.</param>
    /// <param name="options">Which GPU.</param>
    /// <param name="capture">Whether decode steps are captured into CUDA graphs.</param>
    /// <exception cref="PipelineException">ONNX Runtime is without the provider, or cannot load it.</exception>
    public static void Append(SessionOptions session, EngineOptions options, bool capture)
    {
        try
        {
            using var cuda = new OrtCUDAProviderOptions();
            cuda.UpdateOptions(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["device_id"] = options.CudaDevice.ToString(CultureInfo.InvariantCulture),
                ["enable_cuda_graph"] = capture ? "1" : "0",
            });
            session.AppendExecutionProvider_CUDA(cuda);
        }
        catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException)
        {
            throw new PipelineException(Line(options.CudaDevice, e.Message), e);
        }
    }

    /// <summary>What is wrong and what to do, of what ONNX Runtime said.</summary>
    internal static string Line(int device, string message)
    {
        // Behind its own source file and the path of its library it names the one that is missing.
        const string because = "with error: ";
        int at = message.IndexOf(because, StringComparison.Ordinal);
        string reason = (at < 0 ? message : message[(at + because.Length)..]).ReplaceLineEndings(" ").Trim().TrimEnd('.');
        return $"ONNX Runtime cannot use GPU {device}: {reason}. Run without the GPU, or " +
            (at < 0 ? "install ONNX Runtime's GPU build." : "install what its CUDA provider needs: NVIDIA's driver 580 or later and the libraries of CUDA 13.");
    }
}
