using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;

namespace MhcPipeline.Core.Operators;

/// <summary>
/// One node of a graph on the CPU: the mixing between two sublayers as <see cref="SiteKernel"/> computes it (arXiv 2512.24880, equations 3 and 7 to 9).
/// Without state of its own, so that any number of threads may run it at once; nothing is allocated on the managed heap.
/// </summary>
internal sealed unsafe class MixingOperator(MixingNode node) : IMixingOperator
{
    /// <inheritdoc/>
    public void Compute(OrtApi api, nint context)
    {
        MixingCall call = node.Call(api, context);
        var threads = new SessionThreads(api, context);
        KernelThreads.Host = SessionThreads.Lend(&threads);
        try
        {
            Run(call);
        }
        finally
        {
            KernelThreads.Host = default; // the context ends with this call
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Run(MixingCall call)
    {
        SiteMap map = node.Map;
        var before = new Before
        {
            Embedding = (float*)call.Embedding,
            X = (float*)call.X,
            Output = (float*)call.Output,
            Writing = (float*)call.Writing,
            Mixes = call.Mixes,
        };
        var parameters = new SiteParameters { Fn = (float*)call.Fn, Bias = (float*)call.Bias, Scale = (float*)call.Scale, Summed = call.Summed };
        int products = map.Rows * map.Groups * call.Shape.Tokens;
        float* sums = Scratch.Sums(products + (map.Groups * call.Shape.Tokens));
        SiteKernel.Forward(map, call.Shape, before, parameters, (float*)call.Streams, sums, sums + products, (float*)call.NextWriting, (float*)call.Input);
    }
}
