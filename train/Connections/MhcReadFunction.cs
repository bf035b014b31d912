using System.Runtime.InteropServices;
using MhcPipeline.Core.Kernels;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>
/// <see cref="MhcReadKernel"/> as a differentiable operation on the CPU: one pass over the streams where tensor operations
/// take dozens. Backward computes the coefficients again from the products instead of keeping 40 matrices a token.
/// </summary>
internal sealed class MhcReadFunction : autograd.MultiTensorFunction<MhcReadFunction>
{
    public override string Name => nameof(MhcReadFunction);

    /// <summary>Streams X [T,n,C], fn [K,nC], base [K] and scale [3] (or [1] for the head) to u [T,C] and the coefficients [K,T].</summary>
    public static (Tensor Input, Tensor Coefficients) Read(Tensor streams, Tensor fn, Tensor bias, Tensor scale, MhcOptions options)
    {
        List<Tensor> results = apply(streams.contiguous(), fn, bias, scale, options);
        return (results[0], results[1]);
    }

    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        Tensor streams = (Tensor)vars[0], fn = (Tensor)vars[1], bias = (Tensor)vars[2], scale = (Tensor)vars[3];
        var options = (MhcOptions)vars[4];
        long tokens = streams.shape[0], width = streams.shape[2];
        Tensor products = fn.matmul(streams.view(tokens, -1).t()).contiguous(); // [K,T]
        Tensor input = empty(tokens, width), coefficients = empty(products.shape), roots = empty(tokens);
        MhcReadKernel.Forward(Numbers(streams), Numbers(products), Numbers(bias), Numbers(scale), options, Numbers(input), Numbers(coefficients), Numbers(roots));
        ctx.save_for_backward([streams, fn, bias, scale, products, roots]);
        ctx.save_data("options", options);
        return [input, coefficients];
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        using var scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor streams = saved[0], fn = saved[1], bias = saved[2], scale = saved[3], products = saved[4], roots = saved[5];
        Tensor ofInput = grad_outputs[0].contiguous(), ofCoefficients = grad_outputs[1].contiguous();
        Tensor ofStreams = empty(streams.shape), ofProducts = empty(products.shape), ofBias = empty(bias.shape), ofScale = empty(scale.shape);
        MhcReadKernel.Backward(
            Numbers(streams), Numbers(products), Numbers(bias), Numbers(scale), (MhcOptions)ctx.get_data("options")!, Numbers(roots),
            Numbers(ofInput), Numbers(ofCoefficients), Numbers(ofStreams), Numbers(ofProducts), Numbers(ofBias), Numbers(ofScale));
        Tensor flat = streams.view(streams.shape[0], -1); // [T,nC]
        ofStreams.view(flat.shape).addmm_(ofProducts.t(), fn, 1, 1);
        Tensor ofFn = ofProducts.matmul(flat); // [K,nC]
        return [ofStreams.MoveToOuterDisposeScope(), ofFn.MoveToOuterDisposeScope(), ofBias.MoveToOuterDisposeScope(), ofScale.MoveToOuterDisposeScope(), null!];
    }

    internal static Span<float> Numbers(Tensor contiguous) => MemoryMarshal.Cast<byte, float>(contiguous.bytes);
}
