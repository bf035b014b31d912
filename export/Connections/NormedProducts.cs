using MhcPipeline.Export.Folding;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Connections;

/// <summary>Products (f r) · fnᵀ of rows f [R, width] with matrices, where r = 1 / sqrt(mean(f²) + rms_norm_eps); the norm is computed once for all of them.</summary>
internal sealed class NormedProducts
{
    private readonly GraphBuilder _graph;
    private readonly Value _factor; // f r, or f
    private readonly Value? _divisor;
    private readonly double _alpha = 1;

    /// <summary>Adds the norm.</summary>
    public NormedProducts(GraphContext context, Value f, int width)
    {
        _graph = context.Graph;
        if (context.Folds.Has<NormAfterProduct>())
        {
            (_factor, _divisor, _alpha) = (f, NormAfterProduct.Divisor(context, f, width), Math.Sqrt(width));
            return;
        }
        _factor = _graph.Normalize(f, width, context.Config.RmsNormEps);
    }

    /// <summary>The product with fn [rows, width], plus a bias [rows] if there is one: [R, rows].</summary>
    public Value With(WeightTensor fn, WeightTensor? bias = null)
    {
        Value matrix = _graph.Weight(fn);
        if (_divisor is not { } divisor)
            return bias is null ? _graph.Linear(_factor, matrix) : _graph.Linear(_factor, matrix, _graph.Weight(bias));
        Value m = _graph.Div(_graph.Linear(_factor, matrix, Value.None, _alpha), divisor);
        return bias is null ? m : _graph.Add(m, _graph.Weight(bias));
    }
}
