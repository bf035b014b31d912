using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Cuda.Tests.Host;
using MhcPipeline.GpuCheck;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Check;

/// <summary>What make gpu-check does on a GPU, done on the CPU: right kernels pass, and wrong ones do not.</summary>
public sealed class SiteCheckTests
{
    private const int SharedLimit = 227 << 10;

    private readonly CpuMemory _memory = new();

    [HostTheory]
    [InlineData("mhc", CudaSiteSource.Mixes, CudaStreamType.BFloat16, 41, 64)]
    [InlineData("mhc", CudaSiteSource.Embedding, CudaStreamType.Float32, 5, 40)]
    [InlineData("head", CudaSiteSource.Mixes, CudaStreamType.Float32, 5, 40)]
    public void Right_kernels_pass(string connection, CudaSiteSource source, CudaStreamType type, int tokens, int width)
    {
        IReadOnlyList<CheckResult> results = new SiteCheck(connection, source, type, new(tokens, 4, width)).Run(new HostLauncher(lastFirst: false), _memory, SharedLimit, seed: 1);

        Assert.All(results, result => Assert.True(result.Passes, result.ToString()));
        Assert.Equal(0, _memory.Taken);
    }

    [HostTheory]
    [InlineData(CudaStreamType.Float32, 5, 40)]
    [InlineData(CudaStreamType.BFloat16, 41, 64)]
    public void Every_kernel_that_does_not_run_is_noticed(CudaStreamType type, int tokens, int width)
    {
        SiteCheck check = new("mhc", CudaSiteSource.Mixes, type, new(tokens, 4, width));
        HostLauncher all = new(lastFirst: false);
        check.Run(all, _memory, SharedLimit, seed: 1);

        Assert.All(all.Launched.Select(launch => launch.Kernel).Distinct(), kernel =>
            Assert.Contains(check.Run(new LauncherWithout(kernel), _memory, SharedLimit, seed: 1), result => !result.Passes));
    }

    [Fact]
    public void All_connections_types_and_numbers_of_streams_are_checked()
    {
        SiteCheck[] checks = [.. SiteCheck.All()];

        Assert.Equal(checks.Length, checks.Distinct().Count());
        Assert.Equal(["hc", "head", "identity", "mhc", "mhc_lite"], checks.Select(check => check.Connection).Distinct().Order());
        Assert.Equal(Enumerable.Range(1, 8), checks.Where(check => check.Connection == "mhc").Select(check => check.Shape.Streams).Distinct().Order());
        Assert.Equal(Enum.GetValues<CudaSiteSource>(), checks.Select(check => check.Source).Distinct().Order());
    }

    /// <summary>Leaves one kernel out.</summary>
    private sealed class LauncherWithout(string left) : ILauncher
    {
        private readonly HostLauncher _others = new(lastFirst: false);

        public void Launch(CudaProgram program, string kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments)
        {
            if (kernel != left)
                _others.Launch(program, kernel, shape, arguments);
        }
    }
}
