using MhcPipeline.Core;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Connections;
using MhcPipeline.Export.Folding;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;
using MhcPipeline.Export.Weights;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Decoder;

/// <summary>
/// The whole model as a graph. T = batch · sequence tokens flow as rows; only attention and the logits know of batches.
/// Inputs and outputs are named as onnxruntime-genai names them.
/// </summary>
internal static class DecoderGraph
{
    /// <summary>Checks that the model can be built.</summary>
    /// <exception cref="PipelineException">The weights do not fit the configuration, or an operator cannot run it.</exception>
    public static void Check(ModelConfig config, IConnection connection, ModelWeights weights)
    {
        config.RequireExportable();
        RotaryCache.Check(config);
        weights.Check(DecoderTensors.All(config).Concat(connection.Tensors(config)));
    }

    /// <summary>Builds the graph of a model that was checked.</summary>
    /// <param name="config">The model.</param>
    /// <param name="connection">Its connection.</param>
    /// <param name="weights">Its checkpoint.</param>
    /// <param name="format">How the matrices of sublayers are stored and multiplied.</param>
    /// <param name="folds">What is folded.</param>
    /// <param name="calibrated">True for a graph that also gives what each site's Sinkhorn-Knopp is given, [T, n·n]: outputs <c>calibrate.{site}</c>.</param>
    public static OnnxGraph Build(ModelConfig config, IConnection connection, ModelWeights weights, IWeightFormat format, FoldPlan folds, bool calibrated = false)
    {
        var graph = new GraphBuilder("decoder");
        var context = new GraphContext(graph, config, weights, folds) { Format = format };
        Value ids = graph.Input("input_ids", DataType.Int64, "batch_size", "sequence_length"); // [B, S]
        var attention = new AttentionGraph(context, ids);

        graph.Scope("embed_tokens");
        Value embedding = format.Rows(graph, weights.Tensor(DecoderTensors.Embedding), graph.Reshape(ids, -1)); // [T, C]
        Streams streams = connection.Expand(context, embedding);
        for (int i = 0; i < config.NumHiddenLayers; i++)
        {
            string layer = DecoderTensors.Layer(i);
            graph.Scope($"layers.{i}/attn_hc");
            Site site = connection.Enter(context, streams, $"{layer}.attn_hc");
            graph.Scope($"layers.{i}/self_attn");
            Value output = attention.Layer(site.Input, i);
            graph.Scope($"layers.{i}/attn_hc");
            streams = site.Leave(context.ToStreams(output));

            graph.Scope($"layers.{i}/ffn_hc");
            site = connection.Enter(context, streams, $"{layer}.ffn_hc");
            graph.Scope($"layers.{i}/mlp");
            output = FeedForward(context, site.Input, layer);
            graph.Scope($"layers.{i}/ffn_hc");
            streams = site.Leave(context.ToStreams(output));
        }
        graph.Scope("hc_head");
        Value hidden = connection.Collapse(context, streams); // [T, C]
        graph.Scope("lm_head");
        // Prefill needs the last token's logits only, and the output matrix is the largest of all: [B, S, C] is cut to [B, S', C].
        Value first = graph.OptionalInput("logits_from", 0);
        hidden = graph.Node("Slice", [graph.Reshape(hidden, attention.BatchAndSequence), first, graph.Integers(int.MaxValue), graph.Integers(1)]);
        Value rows = graph.Node("Concat", [graph.Node("Shape", [hidden], Attributes.Int("end", 2)), graph.Integers(-1)], Attributes.Int("axis", 0)); // [B, S', -1]
        hidden = graph.Reshape(hidden, -1, config.HiddenSize); // [B S', C]
        WeightTensor matrix = NormIntoProjections.Projection(context, DecoderTensors.OutputMatrix(config), DecoderTensors.FinalNorm, DecoderTensors.OutputMatrix(config));
        Value logits = context.Widen(context.Linear(NormIntoProjections.Norm(context, hidden, DecoderTensors.FinalNorm), matrix)); // [B S', V]
        logits = graph.Node("", "Reshape", [logits, rows], ["logits"])[0]; // [B, S', V]
        graph.Output(logits, DataType.Float, "batch_size", "logits_length", config.VocabSize);
        attention.DeclareOutputs();
        if (calibrated)
        {
            foreach ((string site, Value value) in context.SinkhornLogits)
                graph.Output(graph.Node("", "Identity", [value], [$"calibrate.{site}"])[0], DataType.Float, "tokens", config.HcMult * config.HcMult);
        }
        return graph.Build();
    }

    // SwiGLU: down(silu(gate(x)) · up(x)), for u [T, C] and x = norm(u).
    private static Value FeedForward(GraphContext context, Value u, string layer)
    {
        GraphBuilder graph = context.Graph;
        string norm = $"{layer}.post_attention_layernorm.weight", name = $"{layer}.mlp";
        Value x = NormIntoProjections.Norm(context, u, norm);
        Value[] products = [.. PackedProjections.Projections(context, $"{name}.gate_up_proj.weight", norm, $"{name}.gate_proj.weight", $"{name}.up_proj.weight")
            .Select(matrix => context.Linear(x, matrix))];
        int width = context.Config.IntermediateSize;
        Value[] parts = products.Length == 1 ? graph.Split(products[0], width, width) : products; // gate and up, [T, I] each
        Value inner = graph.Mul(graph.Mul(parts[0], graph.Sigmoid(parts[0])), parts[1]);
        return context.Linear(inner, context.Weights.Tensor($"{name}.down_proj.weight"));
    }
}
