namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>How many blocks of how many threads a launch has.</summary>
/// <param name="GridX">Blocks in x.</param>
/// <param name="GridY">Blocks in y.</param>
/// <param name="Threads">Of a block, in x.</param>
/// <param name="SharedBytes">Dynamic shared memory of a block.</param>
public readonly record struct LaunchShape(int GridX, int GridY, int Threads, int SharedBytes);
