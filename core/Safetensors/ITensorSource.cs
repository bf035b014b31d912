namespace MhcPipeline.Core.Safetensors;

/// <summary>A model's tensors, wherever they lie: in one safetensors file or in several.</summary>
public interface ITensorSource : IDisposable
{
    /// <summary>The file's path, for messages; of several files, that of their index.</summary>
    string Path { get; }

    /// <summary>What the file says of itself; of several files, nothing.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Every tensor by name.</summary>
    IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>A tensor's place, type and shape.</summary>
    /// <exception cref="PipelineException">There is no such tensor.</exception>
    TensorInfo Tensor(string name);

    /// <summary>Copies a tensor's bytes to a stream; works for any size.</summary>
    /// <exception cref="PipelineException">There is no such tensor.</exception>
    void CopyTo(string name, Stream destination);

    /// <summary>A tensor's elements as single precision; F16 and BF16 are converted.</summary>
    /// <exception cref="PipelineException">There is no such tensor, or it holds integers.</exception>
    float[] ReadFloat32(string name);

    /// <summary>Some of a tensor's elements as single precision, in row-major order; F16 and BF16 are converted. Works for any size of the tensor.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="first">Index of the first element.</param>
    /// <param name="destination">Takes as many elements as it is long.</param>
    /// <exception cref="PipelineException">There is no such tensor, or it holds integers.</exception>
    void ReadFloat32(string name, long first, Span<float> destination);
}
