using MhcPipeline.Core.Kernels.Sublayers;
using MhcPipeline.Train.Functions;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Tests.Functions;

/// <summary>The kernel and the library give the same products of a linear layer.</summary>
public sealed class LinearProductsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_product_is_the_librarys(bool own)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        Tensor x = tensor(Numbers.Normal(37 * 20, 1), [37, 20]), weight = tensor(Numbers.Normal(50 * 20, 2), [50, 20]), g = tensor(Numbers.Normal(37 * 50, 3), [37, 50]);
        Tensor sum = tensor(Numbers.Normal(50 * 20, 4), [50, 20]), expectedSum = sum + g.t().matmul(x);
        LinearProducts.Own = own;
        try
        {
            Close(x.matmul(weight.t()), LinearProducts.Forward(x, weight), "y");
            Close(g.matmul(weight), LinearProducts.InputGradient(g, weight), "gradient of x");
            Close(g.t().matmul(x), LinearProducts.WeightGradient(g, x), "gradient of the weight");
            LinearProducts.WeightGradient(g, x, sum, add: true);
            Close(expectedSum, sum, "sum");
        }
        finally
        {
            LinearProducts.Own = LinearKernel.IsFaster;
        }
    }

    private static void Close(Tensor expected, Tensor actual, string what) => Numbers.Close(Numbers.Of(expected), Numbers.Of(actual), 1e-5, what);
}
