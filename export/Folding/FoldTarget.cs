using MhcPipeline.Core;
using MhcPipeline.Export.Graph;

namespace MhcPipeline.Export.Folding;

/// <summary>The model that folds are applied to.</summary>
/// <param name="Config">Its configuration.</param>
/// <param name="Mode">With which operators it is written.</param>
/// <param name="Weights">Its checkpoint.</param>
/// <param name="Iterations">Sinkhorn iterations that each site needs, by the site's name, as a calibration set shows; null without one.</param>
internal sealed record FoldTarget(ModelConfig Config, ExportMode Mode, ModelWeights Weights, IReadOnlyDictionary<string, int>? Iterations = null);
