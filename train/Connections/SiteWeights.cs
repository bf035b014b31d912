using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>A site's parameters, float32; null where the map has none.</summary>
/// <param name="Fn">[Rows, nC / Groups].</param>
/// <param name="Bias">[Biases].</param>
/// <param name="Scale">[Scales].</param>
internal sealed record SiteWeights(Tensor? Fn, Tensor? Bias, Tensor? Scale);
