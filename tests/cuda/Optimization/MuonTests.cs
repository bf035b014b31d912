using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.Optimization;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Optimization;

public sealed class MuonTests
{
    [HostTheory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 24, 40)]
    [InlineData(1, 40, 24)] // tall: transposed on the way
    [InlineData(1, 130, 260)] // blocks above and below the diagonal, several of depth
    public void One_step_is_that_of_plain_loops_which_round_alike(int matrices, int rows, int columns)
    {
        var muon = new MuonCase(matrices, rows, columns, steps: 1);
        muon.Run(new HostLauncher(lastFirst: false));

        Assert.Empty(muon.Wrong);
    }

    [HostTheory]
    [InlineData(48, 96)]
    [InlineData(96, 32)]
    public void Five_steps_bring_every_singular_value_near_one(int rows, int columns)
    {
        var muon = new MuonCase(1, rows, columns);
        muon.Run(new HostLauncher(lastFirst: true));

        Assert.Empty(muon.Wrong);
        double[] update = Assert.Single(muon.Updates);
        int less = Math.Min(rows, columns), more = Math.Max(rows, columns);
        // Of u u^T the trace is the sum of the squared singular values, and no row of it may be far from one's.
        for (int i = 0; i < less; i++)
        {
            double square = 0;
            for (int j = 0; j < more; j++)
                square += Math.Pow(rows > columns ? update[(j * columns) + i] : update[(i * columns) + j], 2);
            Assert.InRange(square, 0.4, 1.5);
        }
    }

    [HostFact]
    public void A_gradient_that_is_not_finite_changes_nothing()
    {
        using var memory = new HostMemory();
        float[] ones = [.. Enumerable.Repeat(1f, 30)];
        nint values = DeviceNumbers.Put(memory, ones), momentum = DeviceNumbers.Put(memory, ones);
        var kernel = new CudaMuon(new HostLauncher(lastFirst: false), 1, 5, 6);

        kernel.Step(
            values, DeviceNumbers.Put(memory, [.. Enumerable.Repeat(float.NaN, 30)]), momentum, DeviceNumbers.Put(memory, [0L]), 0.9, 0.1, 0.1,
            memory.Take(kernel.Workspace), DeviceNumbers.Put(memory, [float.NaN]));
        memory.Check();

        Assert.Equal(ones, DeviceNumbers.Get(values, 30));
        Assert.Equal(ones, DeviceNumbers.Get(momentum, 30));
    }

    [Fact]
    public void Its_workspace_is_three_matrices_in_bf16_and_two_of_the_shorter_side()
    {
        long workspace = new CudaMuon(new HostLauncher(lastFirst: false), 4, 1024, 2560).Workspace;

        Assert.InRange(workspace, 4L * ((3 * 1024 * 2560 * 2) + (2 * 1024 * 1024 * 2)), (4L * ((3 * 1024 * 2560 * 2) + (2 * 1024 * 1024 * 2))) + 8192);
    }

    [Fact]
    public void No_matrices_are_an_error()
    {
        var e = Assert.Throws<PipelineException>(() => new CudaMuon(new HostLauncher(lastFirst: false), 0, 8, 8));

        Assert.Equal("Muon has 0 matrices of 8 x 8; CUDA kernels take 1 to 65,535 of up to 2^31 elements each.", e.Message);
    }
}
