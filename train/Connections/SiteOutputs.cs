using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>What a site's forward pass writes.</summary>
/// <param name="Input">u [T,C].</param>
/// <param name="Streams">X' [T,n,C]; null for the head.</param>
/// <param name="Writing">The coefficients of the next write [rows,T], float32; null for the head.</param>
/// <param name="Products">Of X' with fn, before the norm [Rows,T,Groups], float32.</param>
/// <param name="Roots">1 / sqrt(mean(f^2) + eps) [T,Groups], float32.</param>
internal sealed record SiteOutputs(Tensor Input, Tensor? Streams, Tensor? Writing, Tensor Products, Tensor Roots);
