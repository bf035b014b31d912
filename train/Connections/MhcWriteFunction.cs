using MhcPipeline.Core.Kernels;
using static MhcPipeline.Train.Connections.MhcReadFunction;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary><see cref="MhcWriteKernel"/> as a differentiable operation on the CPU.</summary>
internal sealed class MhcWriteFunction : autograd.SingleTensorFunction<MhcWriteFunction>
{
    public override string Name => nameof(MhcWriteFunction);

    /// <summary>Streams X [T,n,C], coefficients [K,T] of <see cref="MhcReadFunction"/> and the sublayer's output [T,C] to X' [T,n,C].</summary>
    public static Tensor Write(Tensor streams, Tensor coefficients, Tensor output) => apply(streams.contiguous(), coefficients, output.contiguous());

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        Tensor streams = (Tensor)vars[0], coefficients = (Tensor)vars[1], output = (Tensor)vars[2];
        Tensor written = empty(streams.shape);
        MhcWriteKernel.Forward(Numbers(streams), Numbers(coefficients), Numbers(output), (int)streams.shape[1], Numbers(written));
        ctx.save_for_backward([streams, coefficients, output]);
        return written;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor streams = saved[0], coefficients = saved[1], output = saved[2], ofWritten = grad_output.contiguous();
        Tensor ofStreams = empty(streams.shape), ofCoefficients = empty(coefficients.shape), ofOutput = empty(output.shape);
        MhcWriteKernel.Backward(
            Numbers(streams), Numbers(coefficients), Numbers(output), (int)streams.shape[1], Numbers(ofWritten), Numbers(ofStreams), Numbers(ofCoefficients), Numbers(ofOutput));
        return [ofStreams.MoveToOuterDisposeScope(), ofCoefficients.MoveToOuterDisposeScope(), ofOutput.MoveToOuterDisposeScope()];
    }
}
