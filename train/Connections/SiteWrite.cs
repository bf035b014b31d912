using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>A site's write that is done again.</summary>
/// <param name="Output">F(u) [T,C].</param>
/// <param name="Writing">post (n) and, unless H_res is the identity, comb (n*n): [rows,T], float32.</param>
/// <param name="Streams">X' [T,n,C], written.</param>
internal sealed record SiteWrite(Tensor Output, Tensor Writing, Tensor Streams);
