namespace MhcPipeline.Export.Weights;

/// <summary>What a graph is made for.</summary>
public enum ExportDevice
{
    /// <summary>ONNX Runtime's CPU provider. Streams and norms are float32.</summary>
    Cpu,

    /// <summary>
    /// Its CUDA provider, where attention takes 16-bit numbers alone: precision float16 or bfloat16. With the operators of mode fused, or without
    /// streams, what flows between sublayers is of that type too: half the bytes, no casts, and what the fast kernels take.
    /// </summary>
    Cuda,
}
