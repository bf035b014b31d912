using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Train.Connections;
using static TorchSharp.torch;

namespace MhcPipeline.Conformance;

/// <summary>One site by the fused kernels of a device: its read, its write, and the gradients of both.</summary>
/// <param name="kernels">Of the tensors' device.</param>
/// <param name="map">The connection's, or the head's.</param>
/// <param name="streams">X [T,n,C].</param>
/// <param name="weights">fn, base and scale.</param>
internal sealed class KernelSite(ISiteKernels kernels, SiteMap map, Tensor streams, SiteWeights weights)
{
    private readonly SiteShape _shape = new((int)streams.shape[0], (int)streams.shape[1], (int)streams.shape[2]);

    // A write that changes nothing: post 0, H_res = I, F = 0.
    private readonly SiteBefore _unchanged = new(
        null, streams, zeros([streams.shape[0], streams.shape[2]], dtype: streams.dtype, device: streams.device), zeros([streams.shape[1], streams.shape[0]], dtype: ScalarType.Float32, device: streams.device));

    private readonly Tensor _products = Wide(streams, map.Rows, streams.shape[0], map.Groups);
    private readonly Tensor _roots = Wide(streams, streams.shape[0], map.Groups);
    private readonly Tensor _writing = Wide(streams, map.WritingRows, streams.shape[0]);

    /// <summary>post of every token, [T,n].</summary>
    public Tensor Post() => _writing.narrow(0, 0, _shape.Streams).t();

    /// <summary>comb of every token, [T,n*n].</summary>
    public Tensor Comb() => _writing.narrow(0, _shape.Streams, _shape.Streams * _shape.Streams).t();

    /// <summary>u [T,C].</summary>
    public Tensor Read()
    {
        Tensor input = empty([_shape.Tokens, _shape.Width], dtype: streams.dtype, device: streams.device);
        kernels.Forward(map, _shape, _unchanged, weights, new(input, map.Writes ? empty_like(streams) : null, map.Writes ? _writing : null, _products, _roots));
        return input;
    }

    /// <summary>X' [T,n,C]; after <see cref="Read"/>.</summary>
    public Tensor Write(Tensor output)
    {
        Tensor written = empty_like(streams);
        kernels.Write(map, _shape, new(null, streams, output, _writing), written);
        return written;
    }

    /// <summary>Gradients of streams, fn, base, scale and the sublayer's output; after <see cref="Read"/>.</summary>
    /// <param name="output">The sublayer's output [T,C]; null for the head.</param>
    /// <param name="ofWritten">Gradient of X' [T,n,C]; null for the head.</param>
    /// <param name="ofInput">Gradient of u [T,C].</param>
    public (Tensor Streams, SiteWeights Weights, Tensor? Output) Backward(Tensor? output, Tensor? ofWritten, Tensor ofInput)
    {
        Tensor? ofX = null, ofOutput = null, ofWriting = null;
        if (map.Writes)
        {
            // A sum of streams whose gradient is zero: what is left is the write's own backward pass.
            (ofX, ofOutput, ofWriting) = (empty_like(streams), empty_like(output!), empty_like(_writing));
            var write = new SiteDerivatives { Input = zeros_like(ofInput), Streams = ofWritten, Source = ofX, Output = ofOutput, BeforeWriting = ofWriting, Weights = new(null, null, null) };
            kernels.Backward(new SumMap(_shape.Streams), _shape, new(null, streams, output, _writing), new(null, null, null), null, Wide(streams, 0), Wide(streams, 0), write);
        }
        var read = new SiteDerivatives
        {
            Input = ofInput,
            Streams = ofX,
            Writing = ofWriting,
            Source = empty_like(streams),
            Output = empty_like(_unchanged.Output!),
            BeforeWriting = empty_like(_unchanged.Writing!),
            Weights = new(empty_like(weights.Fn!), empty_like(weights.Bias!), empty_like(weights.Scale!)),
        };
        kernels.Backward(map, _shape, _unchanged, weights, streams, _products, _roots, read);
        return (read.Source, read.Weights, ofOutput);
    }

    private static Tensor Wide(Tensor like, params long[] shape) => empty(shape, dtype: ScalarType.Float32, device: like.device);
}
