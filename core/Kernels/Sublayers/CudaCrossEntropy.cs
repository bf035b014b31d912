using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Core.Kernels.Sublayers;

/// <summary>
/// <see cref="CrossEntropyKernel"/> on a CUDA device for a chunk of logits in bf16 or float32, with the gradient in their place. Launches only:
/// nothing is allocated and nothing waits. Sums have an order that depends on sizes alone.
/// </summary>
public sealed class CudaCrossEntropy
{
    private const int MostThreads = 512, SumThreads = 256;

    private readonly ILauncher _launcher;
    private readonly CudaProgram _program;
    private readonly int _rows, _vocabulary;

    /// <param name="launcher">Runs the kernels.</param>
    /// <param name="type">Of the logits.</param>
    /// <param name="rows">t, the rows of the chunk, 1 or more.</param>
    /// <param name="vocabulary">V.</param>
    /// <exception cref="PipelineException">There are no rows.</exception>
    public CudaCrossEntropy(ILauncher launcher, CudaElement type, int rows, int vocabulary)
    {
        if (rows < 1 || vocabulary < 1)
            throw new PipelineException($"There are {rows} rows of {vocabulary} logits; CUDA kernels take one or more.");
        (_launcher, _program, _rows, _vocabulary) = (launcher, CudaSublayerPrograms.CrossEntropy(type), rows, vocabulary);
    }

    /// <summary>Bytes of device memory that <see cref="Sum"/> works in.</summary>
    public long Workspace => sizeof(float) * (long)_rows;

    /// <summary>Adds -sum_t log softmax(logits_t)[target_t], in nats, to a sum, so that the chunks of a batch add up in order.</summary>
    /// <param name="logits">[t,V]; with <paramref name="gradient"/> overwritten by (softmax - one-hot) scale, else left alone.</param>
    /// <param name="targets">int64 [t], each 0 to V - 1 or <see cref="CrossEntropyKernel.Ignored"/>, which counts for nothing. Any other makes the row's
    /// loss and gradient NaN: nothing on a device can throw.</param>
    /// <param name="sum">float64 [1], added to; the caller sets it to 0 before the first chunk.</param>
    /// <param name="workspace"><see cref="Workspace"/> bytes: each row's loss, float32.</param>
    /// <param name="gradient">Whether the gradient is wanted.</param>
    /// <param name="scale">Multiplies the gradient: for a mean, 1 over the targets that count.</param>
    public void Sum(nint logits, nint targets, nint sum, nint workspace, bool gradient, double scale = 1)
    {
        int threads = CudaRows.Threads(_vocabulary, MostThreads);
        _launcher.Launch(_program, "cross_entropy", new(_rows, 1, threads, 2 * sizeof(float) * (threads / CudaRows.Warp)), [
            logits, targets, workspace, _vocabulary, (float)scale, gradient ? 1 : 0, CudaRows.Whole(_vocabulary, logits)]);
        _launcher.Launch(_program, "cross_entropy_sum", new(1, 1, SumThreads, sizeof(double) * (SumThreads / CudaRows.Warp)), [workspace, sum, _rows]);
    }
}
