using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Compat.Tests.Torch;

public class FirstStepsTests
{
    [Fact]
    public void A_product_of_two_matrices_has_the_hand_computed_values()
    {
        using var scope = NewDisposeScope();
        var a = tensor(new float[] { 1, 2, 3, 4 }, [2, 2]);
        var b = tensor(new float[] { 5, 6, 7, 8 }, [2, 2]);

        Assert.Equal([19, 22, 43, 50], a.matmul(b).data<float>().ToArray());
    }

    [Fact]
    public void Backward_gives_the_derivative_of_a_sum_of_squares()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, -2, 3 }, requires_grad: true);

        x.square().sum().backward();

        Assert.Equal([2, -4, 6], x.grad!.data<float>().ToArray());
    }
}
