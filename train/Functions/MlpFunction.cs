using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>
/// An MLP sublayer as one differentiable operation: norm, gate and up in one product, SwiGLU, down. It keeps its input and the gates; the normed input and
/// SwiGLU's result are made again in the backward pass, which reads them once.
/// </summary>
internal sealed class MlpFunction : Differentiable<MlpFunction>
{
    /// <summary>u [B,S,C] to [B,S,C].</summary>
    /// <param name="kernels">Where the tensors are.</param>
    /// <param name="u">The sublayer's input.</param>
    /// <param name="norm">[C].</param>
    /// <param name="gateUp">[2I,C].</param>
    /// <param name="down">[C,I].</param>
    /// <param name="eps">Added to the mean square.</param>
    public static Tensor Apply(ISublayerKernels kernels, Tensor u, Tensor norm, Tensor gateUp, Tensor down, double eps) =>
        Compute(kernels, kernels.Dense(u), norm, gateUp, down, eps)[0];

    protected override Tensor[] Forward(autograd.AutogradContext ctx, object?[] arguments)
    {
        using var scope = NewDisposeScope();
        var kernels = (ISublayerKernels)arguments[0]!;
        Tensor u = (Tensor)arguments[1]!, norm = (Tensor)arguments[2]!, gateUp = (Tensor)arguments[3]!, down = (Tensor)arguments[4]!;
        Tensor x = kernels.Normalise(u.view(-1, norm.numel()), norm, (double)arguments[5]!).Y; // [T,C]
        Tensor both = LinearProducts.Forward(x, gateUp); // [T,2I]
        Tensor y = kernels.SwiGlu(both); // [T,I]
        ctx.save_for_backward([u, norm, gateUp, down, both.MoveToOuterDisposeScope()]);
        ctx.save_data("kernels", kernels);
        ctx.save_data("eps", arguments[5]!);
        return [LinearProducts.Forward(y, down).view(u.shape).MoveToOuterDisposeScope()];
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor[] ofOutputs)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor u = saved[0], norm = saved[1], gateUp = saved[2], down = saved[3], both = saved[4];
        var kernels = (ISublayerKernels)ctx.get_data("kernels")!;
        Tensor rows = u.view(-1, norm.numel()), g = kernels.Dense(ofOutputs[0]).view(rows.shape); // [T,C]
        (Tensor ofBoth, Tensor y) = kernels.SwiGluGradient(both, LinearProducts.InputGradient(g, down)); // [T,2I], [T,I]
        Tensor ofDown = LinearProducts.WeightGradient(g, y); // [C,I]
        (Tensor x, Tensor roots) = kernels.Normalise(rows, norm, (double)ctx.get_data("eps")!);
        Tensor ofGateUp = LinearProducts.WeightGradient(ofBoth, x); // [2I,C]
        (Tensor ofU, Tensor ofNorm) = kernels.NormGradients(rows, norm, roots, LinearProducts.InputGradient(ofBoth, gateUp));
        return [null, ofU.view(u.shape), ofNorm, ofGateUp, ofDown, null];
    }
}
