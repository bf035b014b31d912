namespace MhcPipeline.GpuCheck.Sites;

/// <summary>The worst difference in a tensor beyond its stored type's rounding, of its largest value.</summary>
internal readonly record struct SiteError(string Name, double Worst, double Limit)
{
    public bool Fits => Worst <= Limit;
}
