namespace MhcPipeline.Cuda.Tests.Compile;

/// <summary>What a kernel's launches have at most.</summary>
/// <param name="Threads">Of a block.</param>
/// <param name="SharedBytes">Dynamic shared memory of a block.</param>
/// <param name="Arguments">The same at all.</param>
internal sealed record KernelLaunches(int Threads, int SharedBytes, int Arguments);
