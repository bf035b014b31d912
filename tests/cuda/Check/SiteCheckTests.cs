using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Cuda.Tests.Host;
using MhcPipeline.GpuCheck.Checks;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Check;

/// <summary>What make gpu-check does on a GPU, done on the CPU: right kernels pass, and wrong ones do not.</summary>
public sealed class SiteCheckTests
{
    private readonly CpuMemory _memory = new();

    [HostTheory]
    [InlineData("mhc", CudaSiteSource.Mixes, CudaStreamType.BFloat16, 41, 64)]
    [InlineData("mhc", CudaSiteSource.Embedding, CudaStreamType.Float32, 5, 40)]
    [InlineData("head", CudaSiteSource.Mixes, CudaStreamType.Float32, 5, 40)]
    public void Right_kernels_pass(string connection, CudaSiteSource source, CudaStreamType type, int tokens, int width)
    {
        Assert.Empty(new SiteCheck(connection, source, type, new(tokens, 4, width)).Run(new HostLauncher(lastFirst: false), _memory, SiteCase.LargeDevice, seed: 1));
        Assert.Equal(0, _memory.Taken);
    }

    [HostTheory]
    [InlineData(CudaStreamType.Float32, 5, 40)]
    [InlineData(CudaStreamType.BFloat16, 41, 64)]
    public void Every_kernel_that_does_not_run_is_noticed(CudaStreamType type, int tokens, int width)
    {
        SiteCheck check = new("mhc", CudaSiteSource.Mixes, type, new(tokens, 4, width));
        HostLauncher all = new(lastFirst: false);
        check.Run(all, _memory, SiteCase.LargeDevice, seed: 1);

        Assert.All(all.Launched.Select(launch => launch.Kernel).Distinct(), kernel =>
            Assert.NotEmpty(check.Run(new FilteringLauncher(launched => launched != kernel), _memory, SiteCase.LargeDevice, seed: 1)));
    }

    [HostFact]
    public void Another_run_that_gives_other_bits_is_noticed()
    {
        SiteCheck check = new("mhc", CudaSiteSource.Mixes, CudaStreamType.Float32, new(5, 4, 40));
        int launches = 0;
        HostLauncher all = new(lastFirst: false);
        check.Run(all, _memory, SiteCase.LargeDevice, seed: 1);

        // The second run's last kernel is left out: its results, and only those, are not there.
        Assert.Equal(["a second run gives other bits"], check.Run(new FilteringLauncher(_ => ++launches < all.Launched.Count), _memory, SiteCase.LargeDevice, seed: 1));
    }

    [Fact]
    public void All_connections_types_and_numbers_of_streams_are_checked_once()
    {
        SiteCheck[] checks = [.. SiteCheck.All()];

        Assert.Equal(checks.Length, checks.Distinct().Count());
        Assert.Equal(["hc", "head", "identity", "mhc", "mhc_lite"], checks.Select(check => check.Connection).Distinct().Order());
        Assert.Equal(Enumerable.Range(1, 8), checks.Where(check => check.Connection == "mhc").Select(check => check.Shape.Streams).Distinct().Order());
        Assert.Equal(Enum.GetValues<CudaSiteSource>(), checks.Select(check => check.Source).Distinct().Order());
    }

    [Fact]
    public void The_short_checks_have_every_connection_type_and_source()
    {
        SiteCheck[] checks = [.. SiteCheck.All()], few = [.. checks.Where(check => check.Short)];

        Assert.True(few.Length < checks.Length / 4);
        Assert.Equal(checks.Select(check => (check.Connection, check.Source, check.Type)).Distinct(), few.Select(check => (check.Connection, check.Source, check.Type)));
    }

    [Fact]
    public void Names_tell_checks_apart() => Assert.Equal(KernelChecks.All.Count, KernelChecks.All.Select(check => check.Name).Distinct().Count());

    /// <summary>Leaves out what it is told to.</summary>
    private sealed class FilteringLauncher(Func<string, bool> runs) : ILauncher
    {
        private readonly HostLauncher _launcher = new(lastFirst: false);

        public void Launch(CudaProgram program, string kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments)
        {
            if (runs(kernel))
                _launcher.Launch(program, kernel, shape, arguments);
        }
    }
}
