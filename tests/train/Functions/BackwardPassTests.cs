using MhcPipeline.Core;
using MhcPipeline.Train.Functions;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Tests.Functions;

/// <summary>What goes wrong in an operation's backward pass, which native code calls, arrives where the pass was begun.</summary>
public sealed class BackwardPassTests
{
    [Fact]
    public void An_exception_of_an_operation_arrives_as_one_line_that_names_it()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<PipelineException>(() => BackwardPass.Run(Failing.Apply(Leaf() * 2).sum()));
        Assert.Equal("The backward pass failed in Failing: the weather is bad", error.Message);
        Assert.IsType<InvalidTimeZoneException>(error.InnerException);
    }

    [Fact]
    public void Nothing_is_computed_or_added_to_a_gradient_after_a_failure()
    {
        using var scope = NewDisposeScope();
        Tensor x = Leaf();
        Counting.Calls = 0;
        Assert.Throws<PipelineException>(() => BackwardPass.Run(Failing.Apply(Counting.Apply(x)).sum()));
        Assert.Equal(0, Counting.Calls);
        Assert.Null(x.grad);
    }

    [Fact]
    public void The_first_of_several_failures_is_told()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<PipelineException>(() => BackwardPass.Run(TooMany.Apply(Failing.Apply(TooMany.Apply(Leaf()))).sum()));
        Assert.Contains("TooMany", error.Message);
    }

    [Fact]
    public void A_pass_after_one_that_failed_computes_again()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<PipelineException>(() => BackwardPass.Run(Failing.Apply(Leaf()).sum()));
        Tensor x = Leaf();
        BackwardPass.Run((Counting.Apply(x) * 3).sum());
        Assert.Equal([3f, 3, 3], Numbers.Of(x.grad!));
    }

    [Fact]
    public void Too_many_gradients_are_an_error_of_the_operation()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<PipelineException>(() => BackwardPass.Run(TooMany.Apply(Leaf()).sum()));
        Assert.Equal("The backward pass failed in TooMany: it gave 2 gradients for 1 arguments", error.Message);
    }

    [Fact]
    public void A_gradient_for_what_is_no_tensor_is_an_error_of_the_operation()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<PipelineException>(() => BackwardPass.Run(ForANumber.Apply(Leaf(), 2).sum()));
        Assert.Equal("The backward pass failed in ForANumber: it gave a gradient for argument 1, which is no tensor", error.Message);
    }

    [Fact]
    public void A_gradient_of_another_shape_is_refused_by_libtorch_and_told_in_one_line()
    {
        using var scope = NewDisposeScope();
        string message = Assert.Throws<PipelineException>(() => BackwardPass.Run(WrongShape.Apply(Leaf()).sum())).Message;
        Assert.StartsWith("The backward pass failed", message);
        Assert.Contains("shape", message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_saved_tensor_that_changed_since_is_an_error_of_the_operation()
    {
        using var scope = NewDisposeScope();
        Tensor x = Leaf(), y = x * 2;
        Tensor normed = RmsNorm.Apply(y, ones(3), 1e-6);
        y.mul_(2);
        string message = Assert.Throws<PipelineException>(() => BackwardPass.Run(normed.sum())).Message;
        Assert.StartsWith("The backward pass failed in RmsNormFunction: ", message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void An_output_that_nothing_depends_on_has_a_gradient_of_zeros()
    {
        using var scope = NewDisposeScope();
        Tensor x = Leaf();
        BackwardPass.Run(Twins.Both(x)[1].sum());
        Assert.Equal([10f, 10, 10], Numbers.Of(x.grad!));
    }

    [Fact]
    public void Threads_have_failures_of_their_own()
    {
        var messages = new string?[8];
        Parallel.For(0, messages.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            using var scope = NewDisposeScope();
            Tensor x = Leaf();
            try
            {
                BackwardPass.Run((i % 2 == 0 ? Failing.Apply(x) : Doubling.Apply(x)).sum());
                Assert.Equal([2f, 2, 2], Numbers.Of(x.grad!));
            }
            catch (PipelineException e)
            {
                messages[i] = e.Message;
            }
        });
        for (int i = 0; i < messages.Length; i++)
            Assert.Equal(i % 2 == 0 ? "The backward pass failed in Failing: the weather is bad" : null, messages[i]);
    }

    private static Tensor Leaf() => ones(3, requires_grad: true);

    /// <summary>y = 2x, and what a test makes of the gradient.</summary>
    private abstract class Example<T> : Differentiable<T>
        where T : Example<T>, new()
    {
        public static Tensor Apply(params object[] arguments) => Compute(arguments)[0];

        protected override Tensor[] Forward(autograd.AutogradContext ctx, object?[] arguments) => [(Tensor)arguments[0]! * 2];
    }

    private sealed class Failing : Example<Failing>
    {
        protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor[] ofOutputs) => throw new InvalidTimeZoneException("the weather is bad\nand the wind is cold");
    }

    private sealed class TooMany : Example<TooMany>
    {
        protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor[] ofOutputs) => [ofOutputs[0] * 2, ofOutputs[0] * 2];
    }

    private sealed class ForANumber : Example<ForANumber>
    {
        protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor[] ofOutputs) => [ofOutputs[0] * 2, ofOutputs[0] * 2];
    }

    private sealed class WrongShape : Example<WrongShape>
    {
        protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor[] ofOutputs) => [zeros(5)];
    }

    private sealed class Doubling : Example<Doubling>
    {
        protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor[] ofOutputs) => [ofOutputs[0] * 2];
    }

    /// <summary>y = x; counts how often it goes backward.</summary>
    private sealed class Counting : Example<Counting>
    {
        public static int Calls { get; set; }

        protected override Tensor[] Forward(autograd.AutogradContext ctx, object?[] arguments) => [((Tensor)arguments[0]!).clone()];

        protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor[] ofOutputs)
        {
            Calls++;
            return [ofOutputs[0].clone()];
        }
    }

    /// <summary>Two outputs: x and 10x.</summary>
    private sealed class Twins : Differentiable<Twins>
    {
        public static List<Tensor> Both(Tensor x) => Compute(x);

        protected override Tensor[] Forward(autograd.AutogradContext ctx, object?[] arguments) => [((Tensor)arguments[0]!).clone(), (Tensor)arguments[0]! * 10];

        protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor[] ofOutputs) => [ofOutputs[0] + (ofOutputs[1] * 10)];
    }
}
