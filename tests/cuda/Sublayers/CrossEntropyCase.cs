using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.Sublayers;
using MhcPipeline.Cuda.Tests.Host;

namespace MhcPipeline.Cuda.Tests.Sublayers;

/// <summary>Cross-entropy of two chunks of one size, and the gradient of the first, against <see cref="CrossEntropyKernel"/>.</summary>
internal sealed unsafe class CrossEntropyCase(CudaElement type, int rows, int vocabulary) : KernelCase
{
    private const double Scale = 1.0 / 7;

    public override void Run(ILauncher launcher, HostMemory memory)
    {
        float[] first = DeviceNumbers.Rounded(SiteNumbers.Normal(rows * vocabulary, 1, 5), type), second = DeviceNumbers.Rounded(SiteNumbers.Normal(rows * vocabulary, 2, 5), type);
        long[] targets = [.. Enumerable.Range(0, rows).Select(row => row % 4 == 1 ? CrossEntropyKernel.Ignored : row == 0 ? vocabulary - 1 : row * 13 % vocabulary)];

        var kernel = new CudaCrossEntropy(launcher, type, rows, vocabulary);
        nint dfirst = DeviceNumbers.Put(memory, first, type), dsecond = DeviceNumbers.Put(memory, second, type), dtargets = DeviceNumbers.Put(memory, targets);
        nint sum = memory.Take(sizeof(double)), workspace = memory.Take(kernel.Workspace);
        *(double*)sum = 0;
        kernel.Sum(dfirst, dtargets, sum, workspace, gradient: true, Scale);
        kernel.Sum(dsecond, dtargets, sum, workspace, gradient: false);
        Within("logits without a gradient", second, DeviceNumbers.Get(dsecond, second.Length, type), CudaElement.Float32, 0);

        double loss = CrossEntropyKernel.Sum(first, targets, gradient: true) + CrossEntropyKernel.Sum(second, targets, gradient: false);
        Within("the loss", [(float)loss], [(float)*(double*)sum], CudaElement.Float32, 1e-6);
        Within("the gradient", [.. first.Select(value => (float)(value * Scale))], DeviceNumbers.Get(dfirst, first.Length, type), type, 1e-6);
    }
}
