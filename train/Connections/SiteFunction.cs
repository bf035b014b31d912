using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Train.Functions;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>A site's fused kernels, on the host or on a device, as a differentiable operation.</summary>
internal sealed class SiteFunction : Differentiable<SiteFunction>
{
    /// <summary>Writes what the last site left to write, and reads a site's input.</summary>
    /// <param name="map">Of the site that reads.</param>
    /// <param name="before">Streams of which kernels, tape, writing and output are set, or of which nothing but kernels, tape and the embedding is.</param>
    /// <param name="fn">[Rows, nC / Groups]; null with the two below when the map has no parameters.</param>
    /// <param name="bias">[Biases].</param>
    /// <param name="scale">[Scales].</param>
    /// <returns>u [T,C]; and for a site the streams X' [T,n,C] and the coefficients of its write [rows, T].</returns>
    public static (Tensor Input, Tensor Streams, Tensor Writing) Read(SiteMap map, Streams before, Tensor? fn, Tensor? bias, Tensor? scale)
    {
        using var scope = NewDisposeScope(); // TorchSharp keeps an empty copy of every output with the node
        long width = before.Value.shape[^1];
        ISiteKernels kernels = before.Kernels!;
        Tensor source = kernels.Dense(before.Writing is null ? before.Value.reshape(-1, width) : before.Value.view(-1, map.Streams, width)); // [T,C] or [T,n,C]
        Tensor? output = before.Output is null ? null : kernels.Dense(before.Output.reshape(-1, width));
        var call = new Call(kernels, map, new SiteShape((int)source.shape[0], map.Streams, (int)width), before.Tape);
        List<Tensor> results = [.. Compute(call, source, fn, bias, scale, before.Writing, output).Select(result => result.MoveToOuterDisposeScope())];
        return map.Writes ? (results[0], results[1], results[2]) : (results[0], null!, null!);
    }

    protected override Tensor[] Forward(autograd.AutogradContext ctx, object?[] arguments)
    {
        var call = (Call)arguments[0]!;
        var (source, writing, output) = ((Tensor)arguments[1]!, (Tensor?)arguments[5], (Tensor?)arguments[6]);
        SiteMap map = call.Map;
        (int tokens, int n, int width) = call.Shape;
        SiteBefore before = writing is null ? new(source, null, null, null) : new(null, source, output, writing);
        var weights = new SiteWeights((Tensor?)arguments[2], (Tensor?)arguments[3], (Tensor?)arguments[4]);
        Tensor Wide(params long[] shape) => empty(shape, dtype: ScalarType.Float32, device: source.device);
        Tensor Like(params long[] shape) => empty(shape, dtype: source.dtype, device: source.device);
        var outputs = new SiteOutputs(
            Like(tokens, width), map.Writes ? Like(tokens, n, width) : null, map.Writes ? Wide(map.WritingRows, tokens) : null,
            Wide(map.Rows, tokens, map.Groups), Wide(tokens, map.Groups));
        call.Kernels.Forward(map, call.Shape, before, weights, outputs);
        if (call.Tape is { } tape)
        {
            call.Site = tape.Add(before, outputs);
            call.Weights = weights;
            ctx.save_data(nameof(Call), call);
        }
        return map.Writes ? [outputs.Input, outputs.Streams!, outputs.Writing!] : [outputs.Input];
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor[] ofOutputs)
    {
        var call = (Call)ctx.get_data(nameof(Call))!;
        (ISiteKernels kernels, SiteMap map, StreamTape tape) = (call.Kernels, call.Map, call.Tape!);
        SiteBefore before = tape.Before(call.Site);
        (Tensor products, Tensor roots) = tape.Norm(call.Site);
        var gradients = new SiteDerivatives
        {
            Input = kernels.Dense(ofOutputs[0]),
            Streams = map.Writes ? kernels.Dense(ofOutputs[1]) : null,
            Writing = map.Writes ? kernels.Dense(ofOutputs[2]) : null,
            Source = Like(before.Source)!,
            Output = Like(before.Output),
            BeforeWriting = Like(before.Writing),
            Weights = new(Like(call.Weights!.Fn), Like(call.Weights.Bias), Like(call.Weights.Scale)),
        };
        Tensor? streams = map.Writes && kernels.ReadStreamsAgain ? tape.Streams(call.Site) : null;
        kernels.Backward(map, call.Shape, before, call.Weights, streams, products, roots, gradients);
        tape.Release(call.Site);
        return [null, gradients.Source, gradients.Weights.Fn, gradients.Weights.Bias, gradients.Weights.Scale, gradients.BeforeWriting, gradients.Output];
    }

    private static Tensor? Like(Tensor? tensor) => tensor is null ? null : empty(tensor.shape, dtype: tensor.dtype, device: tensor.device);

    /// <summary>One application: what it works with besides tensors, and what its backward pass needs.</summary>
    /// <param name="Kernels">Where the tensors are.</param>
    /// <param name="Map">Of the site that reads.</param>
    /// <param name="Shape">Sizes.</param>
    /// <param name="Tape">Null when there will be no backward pass.</param>
    private sealed record Call(ISiteKernels Kernels, SiteMap Map, SiteShape Shape, StreamTape? Tape)
    {
        public int Site { get; set; }

        public SiteWeights? Weights { get; set; }
    }
}
