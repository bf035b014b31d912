using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;

namespace MhcPipeline.Core.Operators;

/// <summary>
/// One node of a graph on a GPU: <see cref="CudaSiteKernel"/>'s launches on ONNX Runtime's stream. Programs are compiled and loaded when the node is
/// made; a call launches and returns, so that a stream that is being captured into a graph takes it. What it works in is ONNX Runtime's own
/// memory, given back behind the launch: whoever gets it next uses it behind them on the same stream.
/// </summary>
internal sealed class CudaMixingOperator : IMixingOperator
{
    private const int Float = sizeof(float);

    private readonly MixingNode _node;
    private readonly CudaStreamType _type;
    private readonly IStreamLauncher _launcher;
    private readonly OrtAllocator _allocator;

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
            _launcher.Prepare(CudaSitePrograms.Plain(node.Map, type));
            if (node.Map.Rows > 0)
            {
                _launcher.Prepare(CudaSitePrograms.Spread);
                if (type != CudaStreamType.Float32)
                    _launcher.Prepare(CudaSitePrograms.Fast(node.Map, Source(node.Mixes, node.Writes), type));
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
        ILauncher launcher = _launcher.On(api.Stream(context));
        // What it takes of launches is CudaSiteKernel's own choice: few tokens, many, widths that only the plain kernels take.
        var kernel = new CudaSiteKernel(launcher, map, _node.Options, Source(call.Mixes, call.Output != 0), call.Shape, _type, _launcher.SharedBytes);

        bool spread = call.Summed && map.Groups == 1 && call.Shape.Streams > 1;
        long products = (long)map.Rows * map.Groups * call.Shape.Tokens, roots = (long)map.Groups * call.Shape.Tokens, fn = spread ? (long)map.Rows * call.Shape.Flat : 0;
        nint memory = _allocator.Take(kernel.ForwardWorkspace + (Float * (products + roots + fn)));
        try
        {
            nint ofProducts = memory + (nint)kernel.ForwardWorkspace, ofRoots = ofProducts + (nint)(Float * products), ofFn = ofRoots + (nint)(Float * roots);
            if (spread)
                launcher.Launch(CudaSitePrograms.Spread, "fn_spread", new(map.Rows, 1, 256, 0), [call.Fn, ofFn, call.Shape.Streams, call.Shape.Width]);
            var before = new CudaBefore { Embedding = call.Embedding, X = call.X, Output = call.Output, Writing = call.Writing, Mixes = call.Mixes };
            kernel.Forward(before, new(spread ? ofFn : call.Fn, call.Bias, call.Scale), call.Streams, ofProducts, ofRoots, call.NextWriting, call.Input, memory);
        }
        finally
        {
            _allocator.GiveBack(memory);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _allocator.Dispose();

    private static CudaSiteSource Source(bool mixes, bool written) => !written ? CudaSiteSource.Embedding : mixes ? CudaSiteSource.Mixes : CudaSiteSource.Gates;
}
