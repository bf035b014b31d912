using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.Sublayers;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Sublayers;

public sealed unsafe class CrossEntropyTests
{
    [HostTheory]
    [InlineData(CudaElement.BFloat16, 1, 1)]
    [InlineData(CudaElement.BFloat16, 5, 257)]
    [InlineData(CudaElement.Float32, 3, 9001)]
    [InlineData(CudaElement.Float32, 600, 16)] // the sum of rows goes round
    public void It_is_the_CPU_s_of_every_type_and_size(CudaElement type, int rows, int vocabulary)
    {
        var loss = new CrossEntropyCase(type, rows, vocabulary);
        loss.Run(new HostLauncher(lastFirst: false));

        Assert.Empty(loss.Wrong);
    }

    [HostTheory]
    [InlineData(4)]
    [InlineData(-1)]
    [InlineData(-99)]
    [InlineData(long.MinValue)]
    public void A_target_that_is_no_token_makes_its_row_s_gradient_and_the_loss_NaN(long target)
    {
        (double loss, float[] gradient) = Run([1, 2, 3, 4, 1, 2, 3, 4], [target, 1]);

        Assert.True(double.IsNaN(loss));
        Assert.All(gradient[..4], value => Assert.True(float.IsNaN(value)));
        Assert.All(gradient[4..], value => Assert.True(float.IsFinite(value)));
    }

    [HostFact]
    public void Logits_far_from_zero_neither_overflow_nor_vanish()
    {
        (double loss, float[] gradient) = Run([30000, -30000, float.NegativeInfinity, 29999, -30000, -30000, -30000, -30000], [0, 2]);

        Assert.Equal(Math.Log(1 + Math.Exp(-1)) + Math.Log(4), loss, 1e-5);
        Assert.Equal([0, 0.25f, 0.25f, -0.75f, 0.25f], [gradient[1], gradient[4], gradient[5], gradient[6], gradient[7]]);
    }

    [HostFact]
    public void Rows_that_do_not_count_have_no_loss_and_no_gradient()
    {
        (double loss, float[] gradient) = Run([float.NaN, float.NaN, float.NaN, float.NaN, 1, 1, 1, 1], [CrossEntropyKernel.Ignored, CrossEntropyKernel.Ignored]);

        Assert.Equal(0, loss);
        Assert.Equal(new float[8], gradient);
    }

    [HostFact]
    public void A_row_is_read_twice_and_written_once()
    {
        var launcher = new HostLauncher(lastFirst: false);
        new CrossEntropyCase(CudaElement.BFloat16, 2, 1600).Run(launcher); // of two rows one counts

        Assert.Equal(("cross_entropy", 1600L * 2 * 2, 1600L * 2 * 2, 0L), launcher.Launched[0]);
    }

    private static (double Loss, float[] Gradient) Run(float[] logits, long[] targets)
    {
        using var memory = new HostMemory();
        int vocabulary = logits.Length / targets.Length;
        var kernel = new CudaCrossEntropy(new HostLauncher(lastFirst: false), CudaElement.Float32, targets.Length, vocabulary);
        nint dlogits = DeviceNumbers.Put(memory, logits), sum = memory.Take(sizeof(double));
        *(double*)sum = 0;
        kernel.Sum(dlogits, DeviceNumbers.Put(memory, targets), sum, memory.Take(kernel.Workspace), gradient: true);
        memory.Check();
        return (*(double*)sum, DeviceNumbers.Get(dlogits, logits.Length));
    }
}
