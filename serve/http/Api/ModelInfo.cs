namespace MhcPipeline.Serve.Api;

/// <summary>A model that is being served.</summary>
/// <param name="Id">Its name: the run's.</param>
/// <param name="Created">When it was exported; Unix time, in seconds.</param>
public sealed record ModelInfo(string Id, long Created)
{
    /// <summary>model.</summary>
    public string Object { get; init; } = "model";

    /// <summary>Who made it, as far as the server knows.</summary>
    public string OwnedBy { get; init; } = "mhc-pipeline";
}
