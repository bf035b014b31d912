using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Folding;

/// <summary>
/// (f r) · fnᵀ = (f · fnᵀ) r: the norm is one number a token, and can be applied to the few results of the product instead of to all of f.
/// With r = 1 / sqrt(Σf² / N + eps) that is (√N f · fnᵀ) / sqrt(Σf² + N eps); the factor √N is the product's alpha.
/// </summary>
internal sealed class NormAfterProduct : Fold
{
    /// <inheritdoc/>
    public override string Name => "norm-after-product";

    /// <inheritdoc/>
    public override string Description => "products with fn are divided by the root mean square afterwards, instead of the streams before";

    /// <inheritdoc/>
    public override string? Obstacle(FoldTarget target) => WithoutStreams(target.Config);

    /// <inheritdoc/>
    public override string UsuallyOff => "it adds operators at every site, and was not measured to be faster";

    /// <inheritdoc/>
    public override string PartOfFused => "the kernels sum the squares while they multiply";

    /// <summary>sqrt(Σf² + N eps) of the rows of f [R, N]: [R, 1].</summary>
    public static Value Divisor(GraphContext context, Value f, int width)
    {
        GraphBuilder graph = context.Graph;
        Value squares = graph.Node("ReduceSumSquare", [f, graph.Integers(1)], Attributes.Int("keepdims", 1));
        return graph.Node("Sqrt", [graph.Add(squares, graph.Scalar((float)(width * context.Config.RmsNormEps)))]);
    }
}
