using Xunit;
using static MhcPipeline.Compat.Tests.Torch.Tensors;
using static TorchSharp.torch;

namespace MhcPipeline.Compat.Tests.Torch;

public class LifetimeTests
{
    [Fact]
    public void A_scope_disposes_what_was_made_inside_it_and_nothing_else()
    {
        using var before = zeros(1);
        Tensor inside, moved, detached;
        using (var outer = NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                inside = before + 1;
                moved = (before + 2).MoveToOuterDisposeScope();
                detached = (before + 3).DetachFromDisposeScope();
            }
            Assert.True(inside.IsInvalid);
            Assert.False(moved.IsInvalid);
            Assert.Equal(1, outer.DisposablesCount);
        }
        Assert.True(moved.IsInvalid);
        Assert.False(before.IsInvalid);
        Close([3], detached);
        detached.Dispose();
    }

    [Fact]
    public void A_parameter_takes_the_place_of_its_data_in_the_scope()
    {
        TorchSharp.Modules.Parameter parameter;
        using (NewDisposeScope())
        {
            var data = ones(2);
            parameter = new TorchSharp.Modules.Parameter(data);
            Assert.True(data.IsInvalid);
            Close([1, 1], parameter);
        }
        Assert.True(parameter.IsInvalid);
    }

    [Fact]
    public void Scopes_of_other_threads_are_left_alone()
    {
        using var scope = NewDisposeScope();
        Tensor? elsewhere = null;
        var thread = new Thread(() => elsewhere = zeros(1));
        thread.Start();
        thread.Join();

        Assert.False(scope.Contains(elsewhere!));
        elsewhere!.Dispose();
    }

    [Fact]
    public void Thousands_of_training_steps_leave_neither_tensors_nor_memory_behind()
    {
        using var weights = new TorchSharp.Modules.Parameter(randn(64, 64));
        Run(200);
        long memory = Environment.WorkingSet;

        // Each step makes about 1 MB of tensors: a leak of one of them a step would show as hundreds of MB.
        Run(3000);

        Assert.True(Environment.WorkingSet - memory < 100_000_000, $"grew by {Environment.WorkingSet - memory} bytes");

        void Run(int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                using var scope = NewDisposeScope();
                var loss = randn(256, 64).matmul(weights).softmax(-1).square().mean();
                loss.backward();
                using (no_grad()) weights.add_(weights.grad!, -0.1);
                weights.grad = null;
            }
        }
    }
}
