using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Cuda.Tests.Host;

namespace MhcPipeline.Cuda.Tests.Sites;

/// <summary>Cases where kernels run on the CPU.</summary>
internal static class HostSiteCase
{
    /// <summary>Runs the case in memory of its own.</summary>
    public static SiteResults Run(this SiteCase site, ILauncher launcher)
    {
        using var memory = new HostMemory();
        return site.Run(launcher, memory);
    }
}
