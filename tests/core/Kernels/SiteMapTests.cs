using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using Xunit;

namespace MhcPipeline.Core.Tests.Kernels;

public sealed class SiteMapTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void More_streams_than_the_kernels_have_room_for_are_refused(int streams)
    {
        var options = new MhcOptions(streams, 20, 1e-6, 1e-6);
        Func<SiteMap>[] maps = [() => new MhcMap(options), () => new MhcLiteMap(options), () => new HcMap(options), () => new IdentityMap(options), () => new HeadMap(options), () => new SumMap(streams)];
        Assert.All(maps, map => Assert.Contains($"n is {streams}", Assert.Throws<PipelineException>(map).Message));
    }

    [Fact]
    public void Permutations_of_more_than_four_streams_are_refused() =>
        Assert.Contains("mhc_lite takes 1 to 4", Assert.Throws<PipelineException>(() => new MhcLiteMap(new MhcOptions(5, 1, 1e-6, 1e-6))).Message);

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public void No_iterations_or_more_than_the_stack_has_room_for_are_refused(int iterations) =>
        Assert.Contains($"{iterations} iterations", Assert.Throws<PipelineException>(() => new MhcMap(new MhcOptions(4, iterations, 1e-6, 1e-6))).Message);
}
