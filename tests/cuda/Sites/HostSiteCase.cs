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

    /// <summary>Whether a run finds something wrong, of what a GPU would not have survived or in its results.</summary>
    public static bool Fails(this SiteCase site, ILauncher launcher)
    {
        try
        {
            site.Compare(site.Run(launcher));
        }
        catch (KernelFailureException)
        {
            return true;
        }
        return site.Errors.Exists(error => !error.Fits);
    }
}
