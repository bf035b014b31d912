using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Graph;

/// <summary>How one site mixes n streams.</summary>
/// <param name="Pre">[T, 1, n]: how much of each stream the sublayer reads.</param>
/// <param name="Post">[T, n, 1]: how much of the sublayer's output each stream gets.</param>
/// <param name="Mixing">H_res [T, n, n], rows are the new streams; null when it is the identity, and the graph does without a product.</param>
internal sealed record SiteMaps(Value Pre, Value Post, Value? Mixing);
