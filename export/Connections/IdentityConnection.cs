using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Connections;

/// <summary>Streams that keep to themselves, H_res = I: nothing of the mixing is in the graph.</summary>
internal sealed class IdentityConnection : GatedConnection
{
    /// <inheritdoc/>
    public override string Name => "identity";

    /// <inheritdoc/>
    protected override int MixingLogits(int n) => 0;

    /// <inheritdoc/>
    protected override Value? Mixing(GraphContext context, Value logits, string site) => null;

    /// <inheritdoc/>
    protected override double[] StaticMixing(GraphContext context, float[] logits, string site) => throw new InvalidOperationException("Connection identity has no logits for H_res.");
}
