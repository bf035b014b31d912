using MhcPipeline.Core;
using MhcPipeline.Export.Checkpoints;

namespace MhcPipeline.Export.Graph;

/// <summary>The model that folds are applied to.</summary>
/// <param name="Config">Its configuration.</param>
/// <param name="Mode">With which operators it is written.</param>
/// <param name="Weights">Its checkpoint.</param>
/// <param name="Maps">Every map of its mixing, with the tensors that it is computed with.</param>
/// <param name="Iterations">Sinkhorn iterations that each site needs, by the site's name, as a calibration set shows; null without one.</param>
internal sealed record FoldTarget(ModelConfig Config, ExportMode Mode, ModelWeights Weights, IReadOnlyList<(MapTensors Tensors, MapRows Rows)> Maps, IReadOnlyDictionary<string, int>? Iterations = null);
