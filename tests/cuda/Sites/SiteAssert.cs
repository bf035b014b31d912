using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;
using Xunit.Abstractions;

namespace MhcPipeline.Cuda.Tests.Sites;

/// <summary>What every site case has to come to.</summary>
internal static class SiteAssert
{
    /// <summary>What <see cref="SiteKernel"/> gives, and the same bits in either schedule.</summary>
    /// <param name="site">The case.</param>
    /// <param name="launcher">Of the first run, first warp to last; for what a test asks of the launches.</param>
    /// <param name="output">Told the errors.</param>
    public static void Right(SiteCase site, HostLauncher? launcher = null, ITestOutputHelper? output = null)
    {
        SiteResults first = site.Run(launcher ?? new HostLauncher(lastFirst: false)), last = site.Run(new HostLauncher(lastFirst: true));
        site.Compare(first);

        output?.WriteLine(string.Join(", ", site.Errors.Select(error => $"{error.Name} {error.Worst:e1}")));
        Assert.All(site.Errors, error => Assert.True(error.Fits, error.ToString()));
        Assert.Equal(site.ForwardOnly ? first.ForwardBits() : first.Bits(), site.ForwardOnly ? last.ForwardBits() : last.Bits());
    }
}
