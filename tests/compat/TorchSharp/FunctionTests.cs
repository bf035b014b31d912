using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using Xunit;
using static MhcPipeline.Compat.Tests.Torch.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace MhcPipeline.Compat.Tests.Torch;

public class FunctionTests
{
    [Fact]
    public void Its_own_backward_gives_the_gradient_of_each_tensor_argument() =>
        GradientMatchesDifferences(x => ScaledProduct.apply(x[..2], 1.5, x[2..]).square().sum(), [0.5, -2, 3, 0.25]);

    [Fact]
    public void A_function_of_several_results_gets_zeros_for_the_ones_that_were_not_used()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2 }, requires_grad: true);

        var parts = SumAndDouble.apply(x);
        parts[1].sum().backward();

        Assert.Equal(3, parts[0].ToSingle());
        Close([2, 2], x.grad!);
    }

    [Fact]
    public void Nothing_is_recorded_when_no_argument_needs_a_gradient()
    {
        using var scope = NewDisposeScope();
        var x = ones(2);

        Assert.False(ScaledProduct.apply(x, 2.0, x).requires_grad);
    }

    [Fact]
    public void Too_few_gradients_are_an_error_that_names_the_function()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);

        var error = Assert.Throws<ExternalException>(() => Careless.apply(x, x).sum().backward());

        Assert.Contains("Careless returned an incorrect number of gradients", error.Message);
    }

    [Fact]
    public void An_exception_in_backward_comes_out_of_the_backward_call()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);

        Assert.Contains("no derivative here", Assert.Throws<ExternalException>(() => Failing.apply(x).sum().backward()).Message);
    }

    [Fact]
    public void An_output_can_be_saved_and_saved_tensors_changed_in_place_are_noticed()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 0, 1 }, requires_grad: true);
        var y = Exponential.apply(x);
        y.sum().backward();
        Close([1, MathF.E], x.grad!);

        var z = Exponential.apply(x);
        using (no_grad()) z.mul_(2);
        Assert.Contains("modified by an inplace operation", Assert.Throws<ExternalException>(() => z.sum().backward()).Message);
    }

    [Fact]
    public void A_graph_that_is_dropped_lets_go_of_what_its_functions_saved()
    {
        var saved = Build();
        for (int i = 0; i < 10 && saved.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(saved.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Build()
        {
            using var scope = NewDisposeScope();
            object mark = new();
            _ = Marked.apply(ones(2, requires_grad: true), mark);
            return new WeakReference(mark);
        }
    }

    // y = factor * a * b
    private sealed class ScaledProduct : SingleTensorFunction<ScaledProduct>
    {
        public override string Name => nameof(ScaledProduct);

        public override Tensor forward(AutogradContext ctx, params object[] vars)
        {
            var (a, factor, b) = ((Tensor)vars[0], (double)vars[1], (Tensor)vars[2]);
            ctx.save_for_backward([a, b]);
            ctx.save_data("factor", factor);
            return a * b * factor;
        }

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
        {
            var saved = ctx.get_saved_variables();
            double factor = (double)ctx.get_data("factor")!;
            return [grad_output * saved[1] * factor, null!, grad_output * saved[0] * factor];
        }
    }

    private sealed class SumAndDouble : MultiTensorFunction<SumAndDouble>
    {
        public override string Name => nameof(SumAndDouble);

        public override List<Tensor> forward(AutogradContext ctx, params object[] vars) => [((Tensor)vars[0]).sum(), (Tensor)vars[0] * 2];

        public override List<Tensor> backward(AutogradContext ctx, List<Tensor> grad_outputs) => [grad_outputs[0] + grad_outputs[1] * 2];
    }

    private sealed class Careless : SingleTensorFunction<Careless>
    {
        public override string Name => nameof(Careless);

        public override Tensor forward(AutogradContext ctx, params object[] vars) => (Tensor)vars[0] + (Tensor)vars[1];

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) => [grad_output];
    }

    private sealed class Failing : SingleTensorFunction<Failing>
    {
        public override string Name => nameof(Failing);

        public override Tensor forward(AutogradContext ctx, params object[] vars) => (Tensor)vars[0] * 1;

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) => throw new InvalidOperationException("no derivative here");
    }

    private sealed class Exponential : SingleTensorFunction<Exponential>
    {
        public override string Name => nameof(Exponential);

        public override Tensor forward(AutogradContext ctx, params object[] vars)
        {
            var result = ((Tensor)vars[0]).exp();
            ctx.save_for_backward([result]);
            return result;
        }

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) => [grad_output * ctx.get_saved_variables()[0]];
    }

    private sealed class Marked : SingleTensorFunction<Marked>
    {
        public override string Name => nameof(Marked);

        public override Tensor forward(AutogradContext ctx, params object[] vars)
        {
            ctx.save_data("mark", vars[1]);
            return (Tensor)vars[0] * 1;
        }

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) => [grad_output, null!];
    }
}
