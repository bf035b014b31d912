using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Cuda.Tests.Host;
using MhcPipeline.Fixtures;
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
    [InlineData("mhc", CudaSiteSource.Mixes, CudaStreamType.BFloat16, 16, 96, true)]
    [InlineData("mhc", CudaSiteSource.Mixes, CudaStreamType.BFloat16, 150, 288, true)]
    [InlineData("head", CudaSiteSource.Mixes, CudaStreamType.Float16, 1, 64, true)]
    public void Right_kernels_pass(string connection, CudaSiteSource source, CudaStreamType type, int tokens, int width, bool oneLaunch = false)
    {
        Assert.Empty(new SiteCheck(connection, source, type, new(tokens, 4, width)) { OneLaunch = oneLaunch }.Run(new HostLauncher(lastFirst: false), _memory, SiteCase.LargeDevice, seed: 1));
        Assert.Equal(0, _memory.Taken);
    }

    [HostTheory]
    [InlineData(CudaStreamType.Float32, 5, 40)]
    [InlineData(CudaStreamType.BFloat16, 41, 64)]
    [InlineData(CudaStreamType.BFloat16, 16, 96, true)]
    [InlineData(CudaStreamType.BFloat16, 150, 288, true)]
    public void Every_kernel_that_does_not_run_is_noticed(CudaStreamType type, int tokens, int width, bool oneLaunch = false)
    {
        SiteCheck check = new("mhc", CudaSiteSource.Mixes, type, new(tokens, 4, width)) { OneLaunch = oneLaunch };
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
        Assert.Equal(checks.Select(Kind).Distinct(), few.Select(Kind));

        static (string, CudaSiteSource, CudaStreamType, bool, bool, bool) Kind(SiteCheck check) =>
            (check.Connection, check.Source, check.Type, check.OneLaunch, check.Shape.Tokens <= 32, check.Shape.Width % 32 == 0);
    }

    [Fact]
    public void Names_tell_checks_apart() => Assert.Equal(KernelChecks.All.Count, KernelChecks.All.Select(check => check.Name).Distinct().Count());
}
