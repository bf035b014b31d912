using MhcPipeline.Core;
using MhcPipeline.Train.Connections;
using MhcPipeline.Train.Functions;
using MhcPipeline.Train.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Model;

/// <summary>
/// A decoder-only transformer: Llama's sublayers (RMSNorm, rotary grouped-query attention, SwiGLU) joined by a
/// <see cref="IConnection"/>. With connection <c>residual</c> it is Llama.
/// Shapes: B sequences, S tokens, C hidden, H query heads, K key-value heads, D head width, V vocabulary.
/// </summary>
public sealed class LanguageModel : IDisposable
{
    private readonly LayerParameters[] _layers;
    private readonly Embedding _embedding;
    private readonly Parameter _norm;
    private readonly Parameter _head;
    private readonly RotaryEmbedding _rotary;

    /// <summary>A model whose parameters are zeros until <see cref="Initialise"/> or <see cref="ParameterStore.Load"/>.</summary>
    /// <exception cref="PipelineException">The configuration is out of range or names an unknown connection.</exception>
    public LanguageModel(ModelConfig config, Device device)
        : this(config, CreateParameters(config, device))
    {
    }

    private LanguageModel(ModelConfig config, ParameterStore parameters)
    {
        (Config, Parameters) = (config, parameters);
        Device device = parameters.Device;
        Connection = ConnectionRegistry.Find(config.Connection).Create(config, Parameters);
        _layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(i => new LayerParameters(Parameters, $"model.layers.{i}"))];
        _embedding = nn.Embedding(config.VocabSize, config.HiddenSize, device: device);
        _embedding.weight = Parameters.Leaf("model.embed_tokens.weight");
        _norm = Parameters.Leaf("model.norm.weight");
        _head = Parameters.Leaf(config.TieWordEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight");
        _rotary = new RotaryEmbedding(config.HeadDim, config.MaxPositionEmbeddings, config.RopeTheta, device);
    }

    /// <summary>The model's shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>Its parameters and their gradients.</summary>
    public ParameterStore Parameters { get; }

    /// <summary>How sublayers join the residual stream.</summary>
    public IConnection Connection { get; }

    /// <summary>
    /// What streams and activations are: float32, or bf16 (mixed precision). Parameters, their gradients, norms' sums, the connection's coefficients and the loss
    /// are float32 either way; a product casts its weight.
    /// </summary>
    public ScalarType Precision { get; set; } = ScalarType.Float32;

    /// <summary>A second model over the same values with gradients of its own: what another thread computes with.</summary>
    public LanguageModel Replica()
    {
        var replica = new LanguageModel(Config, Parameters.Replica()) { Precision = Precision };
        replica.Connection.KeepEvery = Connection.KeepEvery;
        return replica;
    }

    /// <summary>Draws the parameters' initial values: the same ones for the same seed, whatever else this process draws.</summary>
    /// <param name="seed">Of the draws.</param>
    /// <param name="mimetic">Whether the transformer's matrices start as <see cref="MimeticInitialisation"/> says.</param>
    public void Initialise(long seed, bool mimetic = false)
    {
        using var draws = new Generator((ulong)seed);
        Parameters.Initialise(draws);
        if (mimetic)
            MimeticInitialisation.Apply(Parameters, Config, draws);
    }

    /// <summary>The forward pass.</summary>
    /// <param name="ids">Tokens, int64 [B,S], S at most max_position_embeddings.</param>
    /// <returns>Logits of each position's next token, [B,S,V], float32.</returns>
    public Tensor Forward(Tensor ids)
    {
        using var scope = NewDisposeScope();
        return LinearProducts.Composed(Hidden(ids), _head).Widen().MoveToOuterDisposeScope(); // [B,S,V]
    }

    /// <summary>The sum of the cross-entropies, in nats, of every position that has a target.</summary>
    /// <param name="ids">Tokens, int64 [B,S].</param>
    /// <param name="targets">The next token of each position, int64 [B,S]; -100 where nothing is to be learnt.</param>
    /// <returns>A scalar.</returns>
    public Tensor Loss(Tensor ids, Tensor targets)
    {
        using var scope = NewDisposeScope();
        Tensor hidden = Hidden(ids).view(-1, Config.HiddenSize); // [B*S,C]
        return VocabularyLoss.Sum(hidden, _head, targets.view(-1)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rotary.Dispose();
        _embedding.Dispose();
        Parameters.Dispose();
    }

    private static ParameterStore CreateParameters(ModelConfig config, Device device)
    {
        config.Validate();
        return new ParameterStore(ModelParameters.Of(config), device);
    }

    private Tensor Hidden(Tensor ids)
    {
        Streams streams = Connection.Begin(_embedding.call(ids).to_type(Precision)); // [B,S,C] -> as the connection keeps them
        for (int i = 0; i < _layers.Length; i++)
        {
            LayerParameters layer = _layers[i];
            streams = Connection.Around(2 * i, streams, u => AttentionSublayer.Apply( // u [B,S,C]
                u, layer.AttentionNorm, layer.Qkv, layer.Output, Config.NumAttentionHeads, Config.NumKeyValueHeads, _rotary, Config.RmsNormEps));
            streams = Connection.Around((2 * i) + 1, streams, u => MlpSublayer.Apply(u, layer.MlpNorm, layer.GateUp, layer.Down, Config.RmsNormEps));
        }
        return RmsNorm.Apply(Connection.End(streams), _norm, Config.RmsNormEps); // [B,S,C]
    }
}
