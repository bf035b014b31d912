using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Train.Functions;
using static MhcPipeline.Train.Connections.StreamTape;
using static MhcPipeline.Train.Functions.HostKernels;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary><see cref="SiteKernel"/> as a differentiable operation on the CPU.</summary>
internal sealed unsafe class SiteFunction : Differentiable<SiteFunction>
{
    /// <summary>Writes what the last site left to write, and reads a site's input.</summary>
    /// <param name="map">Of the site that reads.</param>
    /// <param name="before">Streams of which tape, writing and output are set, or of which nothing but the embedding is.</param>
    /// <param name="fn">[Rows, nC / Groups]; null with the two below when the map has no parameters.</param>
    /// <param name="bias">[Biases].</param>
    /// <param name="scale">[Scales].</param>
    /// <returns>u [T,C]; and for a site the streams X' [T,n,C] and the coefficients of its write [rows, T].</returns>
    public static (Tensor Input, Tensor Streams, Tensor Writing) Read(SiteMap map, Streams before, Tensor? fn, Tensor? bias, Tensor? scale)
    {
        using var scope = NewDisposeScope(); // TorchSharp keeps an empty copy of every output with the node
        long width = before.Value.shape[^1];
        Tensor source = (before.Writing is null ? before.Value.reshape(-1, width) : before.Value.view(-1, map.Streams, width)).contiguous(); // [T,C] or [T,n,C]
        Tensor? output = before.Output?.reshape(-1, width).contiguous();
        var call = new Call(map, new SiteShape((int)source.shape[0], map.Streams, (int)width), before.Tape, before.Writing is not null);
        List<Tensor> results = [.. Compute(call, source, fn, bias, scale, before.Writing, output).Select(result => result.MoveToOuterDisposeScope())];
        return map.Writes ? (results[0], results[1], results[2]) : (results[0], null!, null!);
    }

    protected override Tensor[] Forward(autograd.AutogradContext ctx, object?[] arguments)
    {
        var call = (Call)arguments[0]!;
        var (source, writing, output) = ((Tensor)arguments[1]!, (Tensor?)arguments[5], (Tensor?)arguments[6]);
        (SiteMap map, SiteShape shape) = (call.Map, call.Shape);
        int tokens = shape.Tokens;
        Before before = writing is null ? new() { Embedding = Pointer(source) } : Write(source, output!, writing);
        Tensor input = empty(tokens, shape.Width), products = empty(map.Rows, tokens, map.Groups), roots = empty(tokens, map.Groups);
        Tensor? streams = map.Writes ? empty(tokens, shape.Streams, shape.Width) : null, next = map.Writes ? empty(map.WritingRows, tokens) : null;
        SiteKernel.Forward(map, shape, before, Parameters(arguments), PointerOrNull(streams), Pointer(products), Pointer(roots), PointerOrNull(next), Pointer(input));
        if (call.Tape is { } tape)
        {
            call.Site = tape.Add(source, writing, output, streams, products, roots);
            ctx.save_data(nameof(Call), call);
            call.Parameters = [.. arguments[2..5].Cast<Tensor?>()];
        }
        return map.Writes ? [input, streams!, next!] : [input];
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor[] ofOutputs)
    {
        var call = (Call)ctx.get_data(nameof(Call))!;
        (SiteMap map, SiteShape shape, StreamTape tape) = (call.Map, call.Shape, call.Tape!);
        Tensor? fn = Like(call.Parameters[0]), bias = Like(call.Parameters[1]), scale = Like(call.Parameters[2]);
        Tensor source = call.Writes ? empty(shape.Tokens, shape.Streams, shape.Width) : empty(shape.Tokens, shape.Width);
        Tensor? output = call.Writes ? empty(shape.Tokens, shape.Width) : null;
        Before before = tape.Before(call.Site);
        Tensor? writing = call.Writes ? empty(before.Rows(shape.Streams), shape.Tokens) : null;
        (Tensor products, Tensor roots) = tape.Norm(call.Site);
        var gradients = new SiteGradients
        {
            Input = Pointer(ofOutputs[0]),
            Streams = map.Writes ? Pointer(ofOutputs[1]) : null,
            Writing = map.Writes ? Pointer(ofOutputs[2]) : null,
            Embedding = call.Writes ? null : Pointer(source),
            BeforeX = call.Writes ? Pointer(source) : null,
            BeforeOutput = PointerOrNull(output),
            BeforeWriting = PointerOrNull(writing),
            Fn = PointerOrNull(fn),
            Bias = PointerOrNull(bias),
            Scale = PointerOrNull(scale),
        };
        float* streams = map.Writes ? Pointer(tape.Streams(call.Site)) : null;
        SiteKernel.Backward(map, shape, before, Parameters([.. call.Parameters], 0), streams, Pointer(products), Pointer(roots), gradients);
        tape.Release(call.Site);
        return [null, source, fn, bias, scale, writing, output];
    }

    private static SiteParameters Parameters(object?[] vars, int first = 2) => new()
    {
        Fn = PointerOrNull((Tensor?)vars[first]),
        Bias = PointerOrNull((Tensor?)vars[first + 1]),
        Scale = PointerOrNull((Tensor?)vars[first + 2]),
    };

    private static float* PointerOrNull(Tensor? tensor) => tensor is null ? null : Pointer(tensor);

    private static Tensor? Like(Tensor? tensor) => tensor is null ? null : empty(tensor.shape);

    /// <summary>One application: what it works with besides tensors, and what its backward pass needs.</summary>
    /// <param name="Map">Of the site that reads.</param>
    /// <param name="Shape">Sizes.</param>
    /// <param name="Tape">Null when there will be no backward pass.</param>
    /// <param name="Writes">False for the first site, which has the embedding before it.</param>
    private sealed record Call(SiteMap Map, SiteShape Shape, StreamTape? Tape, bool Writes)
    {
        public int Site { get; set; }

        public Tensor?[] Parameters { get; set; } = [];
    }
}
