using MhcPipeline.Core;

namespace MhcPipeline.Export.Graph;

/// <summary>
/// One way of writing the model in fewer operators or with fewer numbers, which gives the same logits up to rounding. A fold is one
/// class: what it is, where it applies, and what it does; the parts of the graph ask for it where they differ by it.
/// </summary>
internal abstract class Fold
{
    /// <summary>Its name on the command line and in export.json.</summary>
    public abstract string Name { get; }

    /// <summary>What it does, in one line.</summary>
    public abstract string Description { get; }

    /// <summary>Why it is off where nobody asks for it; null for one that is on.</summary>
    public virtual string? UsuallyOff => null;

    /// <summary>Why it does not apply to a model; null where it does.</summary>
    public abstract string? Obstacle(FoldTarget target);

    /// <summary>Why the operators of mode fused do it in any case; null where it can be switched in that mode, too.</summary>
    public virtual string? PartOfFused => null;

    /// <summary>The reason that every fold of the mixing has with a plain residual stream.</summary>
    protected static string? WithoutStreams(ModelConfig config) => config.Connection == "residual" ? "connection residual has one stream and no mixing" : null;
}
