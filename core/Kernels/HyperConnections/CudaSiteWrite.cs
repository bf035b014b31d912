namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>A site's write in a block of sites whose streams are computed again: addresses on the device.</summary>
/// <param name="Output">F(u) [T,C].</param>
/// <param name="Writing">post (n) and, unless comb is the identity, comb (n*n): [rows, T], float32.</param>
/// <param name="Streams">X' [T,n,C], written; 0 where only the sites behind need it.</param>
public readonly record struct CudaSiteWrite(nint Output, nint Writing, nint Streams);
