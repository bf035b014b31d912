using System.Collections.Concurrent;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;

namespace MhcPipeline.Core.Operators;

/// <summary>
/// One node of a graph on a GPU: <see cref="CudaSiteKernel"/>'s launches on ONNX Runtime's stream. Programs are compiled and loaded when the node is
/// made; a call launches and returns, so that a stream that is being captured into a graph takes it. What it works in is ONNX Runtime's own
/// memory, given back behind the launch: whoever gets it next uses it behind them on the same stream. The counters of launches of few tokens are the
/// operator's own, for every stream others.
/// </summary>
internal sealed class CudaMixingOperator : IMixingOperator
{
    private const int Float = sizeof(float);

    /// <summary>Kernels that are kept: decode steps have as many shapes as there are numbers of rows, prefills have any length.</summary>
    private const int MostKernels = 64;

    private readonly MixingNode _node;
    private readonly CudaStreamType _type;
    private readonly IStreamLauncher _launcher;
    private readonly OrtAllocator _allocator;
    private readonly ConcurrentDictionary<(nint Stream, CudaSiteSource Source, SiteShape Shape), CudaSiteKernel> _kernels = new();
    private readonly Dictionary<nint, nint> _counters = []; // by stream
    private readonly Stack<nint> _unused = [];

    /// <param name="node">The node.</param>
    /// <param name="type">Of embedding, streams, sublayers' inputs and outputs; all else is float32.</param>
    /// <param name="allocator">Of the provider's memory; the operator's from here on.</param>
    /// <param name="launcher">Of the GPU with a number.</param>
    /// <exception cref="PipelineException">The GPU cannot run the kernels.</exception>
    public CudaMixingOperator(MixingNode node, CudaStreamType type, OrtAllocator allocator, Func<int, IStreamLauncher> launcher)
    {
        (_node, _type, _allocator) = (node, type, allocator);
        try
        {
            _launcher = launcher(allocator.Device);
            foreach (CudaProgram program in CudaSitePrograms.Site(node.Map, Source(node.Mixes, node.Writes), type, reuses: false))
                _launcher.Prepare(program);
            if (node.Map.Rows > 0)
            {
                _launcher.Prepare(CudaSitePrograms.Spread);
                _unused.Push(Zeros()); // a stream that is being captured lets nobody allocate
            }
        }
        catch (PipelineException e)
        {
            allocator.Dispose();
            throw new PipelineException($"{node.Name} on the GPU: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Compute(OrtApi api, nint context)
    {
        MixingCall call = _node.Call(api, context);
        if (call.Shape.Tokens == 0)
            return;
        SiteMap map = _node.Map;
        nint stream = api.Stream(context);
        CudaSiteKernel kernel = Kernel(stream, Source(call.Mixes, call.Output != 0), call.Shape);

        bool spread = call.Summed && map.Groups == 1 && call.Shape.Streams > 1;
        long products = (long)map.Rows * map.Groups * call.Shape.Tokens, roots = (long)map.Groups * call.Shape.Tokens, fn = spread ? (long)map.Rows * call.Shape.Flat : 0;
        nint memory = _allocator.Take(kernel.ForwardWorkspace + (Float * (products + roots + fn)));
        try
        {
            nint ofProducts = memory + (nint)kernel.ForwardWorkspace, ofRoots = ofProducts + (nint)(Float * products), ofFn = ofRoots + (nint)(Float * roots);
            if (spread)
                CudaSitePrograms.LaunchSpread(_launcher.On(stream), call.Fn, ofFn, map.Rows, call.Shape.Streams, call.Shape.Width);
            var before = new CudaBefore { Embedding = call.Embedding, X = call.X, Output = call.Output, Writing = call.Writing, Mixes = call.Mixes };
            kernel.Forward(before, new(spread ? ofFn : call.Fn, call.Bias, call.Scale), call.Streams, ofProducts, ofRoots, call.NextWriting, call.Input, memory,
                counters: kernel.Decodes ? Counters(stream) : 0);
        }
        finally
        {
            _allocator.GiveBack(memory);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (nint counters in (nint[])[.. _counters.Values, .. _unused])
            _launcher.Memory.Free(counters);
        _allocator.Dispose();
    }

    // What it takes of launches is CudaSiteKernel's own choice: few tokens, many, widths that only the plain kernels take.
    private CudaSiteKernel Kernel(nint stream, CudaSiteSource source, SiteShape shape)
    {
        if (_kernels.Count >= MostKernels)
            _kernels.Clear();
        return _kernels.GetOrAdd((stream, source, shape), key =>
            new CudaSiteKernel(_launcher.On(key.Stream), _node.Map, _node.Options, key.Source, key.Shape, _type, _launcher.SharedBytes));
    }

    private nint Counters(nint stream)
    {
        lock (_counters)
        {
            if (!_counters.TryGetValue(stream, out nint counters))
                _counters.Add(stream, counters = _unused.TryPop(out nint unused) ? unused : Zeros());
            return counters;
        }
    }

    private nint Zeros()
    {
        nint counters = _launcher.Memory.Allocate(CudaSiteKernel.DecodeCounterBytes);
        _launcher.Memory.Fill(counters, 0, CudaSiteKernel.DecodeCounterBytes);
        _launcher.Memory.Wait();
        return counters;
    }

    private static CudaSiteSource Source(bool mixes, bool written) => !written ? CudaSiteSource.Embedding : mixes ? CudaSiteSource.Mixes : CudaSiteSource.Gates;
}
