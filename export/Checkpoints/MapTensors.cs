
namespace MhcPipeline.Export.Checkpoints;

/// <summary>Names of the tensors that maps are computed with.</summary>
/// <param name="Fn">A matrix with the maps' rows on top of one another.</param>
/// <param name="Base">What is added to the results.</param>
/// <param name="Scale">What the results are multiplied by before, a number a map.</param>
internal sealed record MapTensors(string Fn, string Base, string Scale)
{
    /// <summary>Those of the head.</summary>
    public static MapTensors Head { get; } = new("model.hc_head.hc_fn", "model.hc_head.hc_base", "model.hc_head.hc_scale");

    /// <summary>Those of a site.</summary>
    public static MapTensors Site(string name) => new($"{name}.fn", $"{name}.base", $"{name}.scale");
}
