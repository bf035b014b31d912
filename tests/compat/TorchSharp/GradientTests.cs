using System.Runtime.InteropServices;
using TorchSharp.Modules;
using Xunit;
using static MhcPipeline.Compat.Tests.Torch.Tensors;
using static TorchSharp.torch;

namespace MhcPipeline.Compat.Tests.Torch;

public class GradientTests
{
    [Fact]
    public void A_composition_of_matrix_product_softmax_and_silu_matches_differences()
    {
        manual_seed(1);
        using var weights = randn(3, 4, float64);

        GradientMatchesDifferences(x => x.view(2, 3).matmul(weights).softmax(-1).mul(nn.functional.silu(x.view(2, 3).matmul(weights))).sum(), [0.3, -1, 0.8, 1.2, -0.4, 0.1]);
    }

    [Fact]
    public void Reductions_indexing_and_division_match_differences() =>
        GradientMatchesDifferences(x => (x[1..].exp() / (x.square().mean() + 1).sqrt()).sum() + x[0] * x.logsumexp(0), [0.5, -0.2, 1.1, 0.9]);

    [Fact]
    public void Gradients_accumulate_until_they_are_cleared()
    {
        using var scope = NewDisposeScope();
        var x = new Parameter(tensor(new float[] { 1, 2 }));

        (x * 3).sum().backward();
        x.square().sum().backward();
        Close([5, 7], x.grad!);

        x.grad = null;
        Assert.Null(x.grad);
    }

    [Fact]
    public void Nothing_is_recorded_under_no_grad()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        using (no_grad())
        {
            Assert.False((x * 2).requires_grad);
            using (enable_grad()) Assert.True((x * 2).requires_grad);
        }
        Assert.True((x * 2).requires_grad);
        Assert.False((x * 2).detach().requires_grad);
    }

    [Fact]
    public void A_second_backward_through_a_freed_graph_fails_with_libtorchs_message()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        var y = x.square().sum();
        y.backward();

        Assert.Contains("backward through the graph a second time", Assert.Throws<ExternalException>(() => y.backward()).Message);
    }

    [Fact]
    public void Grad_gives_gradients_of_gradients()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new double[] { 2 }, requires_grad: true);
        var first = autograd.grad([x.pow(3).sum()], [x], create_graph: true)[0];
        var second = autograd.grad([first.sum()], [x])[0];

        Assert.Equal(12, first.item<double>(), 10);
        Assert.Equal(12, second.item<double>(), 10);
    }

    [Fact]
    public void Clipping_scales_all_gradients_to_the_largest_norm_and_returns_the_old_one()
    {
        using var scope = NewDisposeScope();
        Parameter a = new(tensor(new float[] { 1 })), b = new(tensor(new float[] { 1 })), unused = new(tensor(new float[] { 1 }));
        (a * 3 + b * 4).sum().backward();

        Assert.Equal(5, nn.utils.clip_grad_norm_([a, b, unused], 1), 5);

        Close([0.6f], a.grad!);
        Close([0.8f], b.grad!);
        Assert.Equal(1, nn.utils.clip_grad_norm_([a, b], 10), 4);
        Close([0.6f], a.grad!);
    }
}
