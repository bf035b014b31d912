using MhcPipeline.Core.Kernels.Simd;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>
/// mHC-lite (arXiv 2601.05732): H_res = sum_k softmax(z)_k P_k over the n! permutation matrices, in lexicographic order. Doubly stochastic
/// by construction (Birkhoff and von Neumann), without iterations.
/// </summary>
/// <param name="options">n, at most <see cref="MaximumStreams"/>, and eps of pre.</param>
/// <exception cref="PipelineException">n is larger.</exception>
public sealed unsafe class MhcLiteMap(MhcOptions options) : GatedMap(options.Streams, Permutations(options.Streams).Count, options.Eps, options.NormEps)
{
    /// <summary>The most streams: they have 24 permutations, and 5 would have 120.</summary>
    public const int MaximumStreams = 4;

    private readonly int[] _targets = [.. Permutations(options.Streams).SelectMany(p => p)]; // [n!, n]

    internal override void Mix<V>(V* z, V* comb)
    {
        int n = Streams, count = _targets.Length / n;
        V* weights = stackalloc V[count];
        Softmax(z, weights, count);
        for (int k = 0; k < n * n; k++)
            comb[k] = default;
        for (int k = 0; k < count; k++)
            for (int j = 0; j < n; j++)
                comb[(_targets[(k * n) + j] * n) + j] += weights[k]; // H_res[j, p(j)] = comb[p(j), j]
    }

    internal override void MixBackward<V>(V* z, V* gcomb, V* gz)
    {
        int n = Streams, count = _targets.Length / n;
        V* weights = stackalloc V[count];
        Softmax(z, weights, count);
        V sum = default;
        for (int k = 0; k < count; k++)
        {
            V gradient = default;
            for (int j = 0; j < n; j++)
                gradient += gcomb[(_targets[(k * n) + j] * n) + j];
            gz[k] = gradient;
            sum = V.MultiplyAdd(gradient, weights[k], sum);
        }
        for (int k = 0; k < count; k++)
            gz[k] = weights[k] * (gz[k] - sum);
    }

    private static IReadOnlyList<int[]> Permutations(int streams) => streams <= MaximumStreams ? StreamPermutations.Of(streams)
        : throw new PipelineException($"n is {streams}; mhc_lite takes 1 to {MaximumStreams} streams.");

    private static void Softmax<V>(V* z, V* weights, int count)
        where V : unmanaged, ILanes<V>
    {
        V highest = z[0], sum = default;
        for (int k = 1; k < count; k++)
            highest = V.Max(highest, z[k]);
        for (int k = 0; k < count; k++)
        {
            weights[k] = Functions.Exp(z[k] - highest);
            sum += weights[k];
        }
        for (int k = 0; k < count; k++)
            weights[k] /= sum;
    }
}
