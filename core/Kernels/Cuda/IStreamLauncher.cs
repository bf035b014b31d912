namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>Runs kernels on streams that its caller names.</summary>
public interface IStreamLauncher
{
    /// <summary>Shared memory that a block may ask for, in bytes.</summary>
    int SharedBytes { get; }

    /// <summary>Compiles and loads a program ahead of its first launch.</summary>
    /// <exception cref="PipelineException">It does not compile or load.</exception>
    void Prepare(CudaProgram program);

    /// <summary>What launches on a stream.</summary>
    /// <param name="stream">CUstream; 0 is the legacy default stream.</param>
    ILauncher On(nint stream);
}
