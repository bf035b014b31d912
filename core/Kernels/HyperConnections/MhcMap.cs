namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>Manifold-constrained hyper-connections: comb is made doubly stochastic by Sinkhorn-Knopp (arXiv 2512.24880, equations 7 to 9).</summary>
/// <param name="options">n, iterations and eps.</param>
/// <exception cref="PipelineException">There are no iterations, or more than <see cref="MaximumIterations"/>.</exception>
public sealed unsafe class MhcMap(MhcOptions options) : GatedMap(Checked(options).Streams, options.Streams * options.Streams, options.Eps, options.NormEps)
{
    /// <summary>The most iterations: their divisors, for the way back, then take a megabyte of the stack with eight streams.</summary>
    public const int MaximumIterations = 1000;

    internal override void Mix<V>(V* z, V* comb)
    {
        for (int k = 0; k < Streams * Streams; k++)
            comb[k] = z[k];
        Sinkhorn.Forward(comb, null, options);
    }

    internal override void MixBackward<V>(V* z, V* gcomb, V* gz)
    {
        // The forward pass again, this time leaving its divisors: a few kilobytes a tile instead of the same for every token of the batch.
        V* tape = stackalloc V[Sinkhorn.TapeLength(options)];
        Sinkhorn.Forward(z, tape, options);
        Sinkhorn.Backward(z, gcomb, tape, options);
        for (int k = 0; k < Streams * Streams; k++)
            gz[k] = gcomb[k];
    }

    private static MhcOptions Checked(MhcOptions options) => options.Iterations is >= 1 and <= MaximumIterations ? options
        : throw new PipelineException($"There are {options.Iterations} iterations of Sinkhorn-Knopp; they can be 1 to {MaximumIterations}.");
}
