namespace MhcPipeline.GpuCheck.Checks;

/// <summary>Every check, the ones that matter most first: time may not suffice for all.</summary>
internal static class KernelChecks
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<IKernelCheck> All { get; } = [.. SiteCheck.All()];
}
