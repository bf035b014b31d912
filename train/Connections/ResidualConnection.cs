using static MhcPipeline.Train.Functions.HeldNumbers;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>The plain residual stream (arXiv 1512.03385): X' = X + F(X). One stream, no parameters.</summary>
public sealed class ResidualConnection : IConnection
{
    /// <summary>Never called: the residual mixing is the number 1.</summary>
    public Action<int, Tensor>? OnMixing { get; set; }

    /// <summary>Never called: there is one stream.</summary>
    public Action<Tensor>? OnStreams { get; set; }

    /// <inheritdoc/>
    public int KeepEvery { get; set; } = 1;

    /// <inheritdoc/>
    public Streams Begin(Tensor embedding) => new(embedding);

    /// <inheritdoc/>
    public Streams Around(int site, Streams streams, Func<Tensor, Tensor> sublayer) => new(streams.Value.add(sublayer(streams.Value), One));

    /// <inheritdoc/>
    public Tensor End(Streams streams) => streams.Value;
}
