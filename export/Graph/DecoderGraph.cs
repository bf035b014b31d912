using MhcPipeline.Core;
using MhcPipeline.Export.Connections;
using MhcPipeline.Export.Onnx;
using MhcPipeline.Export.Weights;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Graph;

/// <summary>
/// The whole model as a graph. T = batch · sequence tokens flow as rows; only attention and the logits know of batches.
/// Inputs and outputs are named as onnxruntime-genai names them.
/// </summary>
internal static class DecoderGraph
{
    /// <summary>Builds the graph.</summary>
    /// <exception cref="PipelineException">The weights do not fit the configuration, or an operator cannot run it.</exception>
    public static OnnxGraph Build(ModelConfig config, IConnection connection, ModelWeights weights, IWeightFormat format)
    {
        AttentionGraph.Check(config);
        weights.Check(DecoderTensors.All(config).Concat(connection.Tensors(config)));

        var graph = new GraphBuilder("decoder");
        var context = new GraphContext(graph, config, weights) { Format = format };
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
            Value output = attention.Layer(Norm(site.Input, $"{layer}.input_layernorm.weight"), i);
            graph.Scope($"layers.{i}/attn_hc");
            streams = site.Leave(context.Widen(output));

            graph.Scope($"layers.{i}/ffn_hc");
            site = connection.Enter(context, streams, $"{layer}.ffn_hc");
            graph.Scope($"layers.{i}/mlp");
            output = FeedForward(context, Norm(site.Input, $"{layer}.post_attention_layernorm.weight"), $"{layer}.mlp");
            graph.Scope($"layers.{i}/ffn_hc");
            streams = site.Leave(context.Widen(output));
        }
        graph.Scope("hc_head");
        Value hidden = connection.Collapse(context, streams); // [T, C]
        graph.Scope("lm_head");
        // Prefill needs the last token's logits only, and the output matrix is the largest of all: [B, S, C] is cut to [B, S', C].
        Value first = graph.OptionalInput("logits_from", 0);
        hidden = graph.Node("Slice", [graph.Reshape(hidden, attention.BatchAndSequence), first, graph.Integers(int.MaxValue), graph.Integers(1)]);
        Value rows = graph.Node("Concat", [graph.Node("Shape", [hidden], Attributes.Int("end", 2)), graph.Integers(-1)], Attributes.Int("axis", 0)); // [B, S', -1]
        hidden = graph.Reshape(hidden, -1, config.HiddenSize); // [B S', C]
        Value logits = context.Widen(context.Linear(Norm(hidden, DecoderTensors.FinalNorm), weights.Tensor(DecoderTensors.OutputMatrix(config)))); // [B S', V]
        logits = graph.Node("", "Reshape", [logits, rows], ["logits"])[0]; // [B, S', V]
        graph.Output(logits, DataType.Float, "batch_size", "logits_length", config.VocabSize);
        attention.DeclareOutputs();
        return graph.Build();

        // What a sublayer is given: the norm is float32, what follows it is in the precision's type.
        Value Norm(Value x, string weight) => context.Narrow(graph.RmsNorm(x, context.Weight(weight), config.RmsNormEps));
    }

    // SwiGLU: down(silu(gate(x)) · up(x)), for x [T, C].
    private static Value FeedForward(GraphContext context, Value x, string name)
    {
        GraphBuilder graph = context.Graph;
        Value gate = context.Linear(x, context.Weights.Tensor($"{name}.gate_proj.weight")); // [T, I]
        Value up = context.Linear(x, context.Weights.Tensor($"{name}.up_proj.weight")); // [T, I]
        Value inner = graph.Mul(graph.Mul(gate, graph.Sigmoid(gate)), up);
        return context.Linear(inner, context.Weights.Tensor($"{name}.down_proj.weight"));
    }
}
