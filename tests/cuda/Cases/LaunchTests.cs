using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Cases;

/// <summary>Launches with a block, shared memory or an argument less must not pass: grids and sizes are neither too small nor much too large.</summary>
public sealed class LaunchTests
{
    [HostTheory]
    [MemberData(nameof(KernelCases.Names), MemberType = typeof(KernelCases))]
    public void A_launch_that_lacks_something_fails(string name) => Assert.Empty(LackingLauncher.Passed(launcher => KernelCases.Of(name).Fails(launcher)));
}
