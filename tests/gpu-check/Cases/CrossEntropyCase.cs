using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.Sublayers;
using MhcPipeline.GpuCheck.Memory;

namespace MhcPipeline.GpuCheck.Cases;

/// <summary>Cross-entropy of two chunks of one size, and the gradient of the first, against <see cref="CrossEntropyKernel"/>.</summary>
internal sealed class CrossEntropyCase(CudaElement type, int rows, int vocabulary) : KernelCase
{
    private const double Scale = 1.0 / 7;

    public override void Run(ILauncher launcher, DeviceArrays memory)
    {
        float[] first = DeviceNumbers.Rounded(Normal(rows * vocabulary, 1, 5), type), second = DeviceNumbers.Rounded(Normal(rows * vocabulary, 2, 5), type);
        long[] targets = [.. Enumerable.Range(0, rows).Select(row => row % 4 == 1 ? CrossEntropyKernel.Ignored : row == 0 ? vocabulary - 1 : row * 13 % vocabulary)];

        var kernel = new CudaCrossEntropy(launcher, type, rows, vocabulary);
        nint dfirst = DeviceNumbers.Put(memory, first, type), dsecond = DeviceNumbers.Put(memory, second, type), dtargets = DeviceNumbers.Put(memory, targets);
        nint sum = DeviceNumbers.Put(memory, 0.0), workspace = memory.Take(kernel.Workspace);
        kernel.Sum(dfirst, dtargets, sum, workspace, gradient: true, Scale);
        kernel.Sum(dsecond, dtargets, sum, workspace, gradient: false);
        Within("logits without a gradient", second, DeviceNumbers.Get(memory, dsecond, second.Length, type), CudaElement.Float32, 0);

        double loss = CrossEntropyKernel.Sum(first, targets, gradient: true) + CrossEntropyKernel.Sum(second, targets, gradient: false);
        Within("the loss", [(float)loss], [(float)DeviceNumbers.Double(memory, sum)], CudaElement.Float32, 1e-6);
        Within("the gradient", [.. first.Select(value => (float)(value * Scale))], DeviceNumbers.Get(memory, dfirst, first.Length, type), type, 1e-6);
    }
}
