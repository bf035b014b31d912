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

    /// <summary>Runs the case in memory of its own.</summary>
    public static float[] Run(this RecomputeCase block, ILauncher launcher, bool lastAlone = false)
    {
        using var memory = new HostMemory();
        return block.Run(launcher, memory, lastAlone);
    }

    /// <summary>The same site after site.</summary>
    public static float[] SiteAfterSite(this RecomputeCase block)
    {
        using var memory = new HostMemory();
        return block.SiteAfterSite(new HostLauncher(lastFirst: false), memory, SiteCase.LargeDevice);
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
