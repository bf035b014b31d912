using MhcPipeline.Core;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Folding;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Decoder;

/// <summary>
/// Causal grouped-query attention with its cache, as ONNX Runtime's com.microsoft.GroupQueryAttention, which also turns
/// queries and keys by their positions (rotate-half) where the width of heads is a multiple of 16; elsewhere
/// <see cref="SeparateRotary"/> does. What all layers share is computed once.
/// </summary>
internal sealed class AttentionGraph
{
    private readonly GraphContext _context;
    private readonly Value _lastKey;
    private readonly Value _total;
    private readonly Value _cosine;
    private readonly Value _sine;
    private readonly SeparateRotary? _separate;
    private readonly List<Value> _present = [];

    /// <summary>Adds attention_mask [B, total], and what every layer takes from it.</summary>
    public AttentionGraph(GraphContext context, Value ids)
    {
        _context = context;
        GraphBuilder graph = context.Graph;
        Value mask = graph.Input("attention_mask", DataType.Int64, "batch_size", "total_sequence_length");
        graph.Scope("attention_mask");
        Value lengths = graph.Node("ReduceSum", [mask, graph.Integers(1)], Attributes.Int("keepdims", 0)); // [B]
        _lastKey = graph.Cast(graph.Sub(lengths, graph.Integers(1)), DataType.Int32); // seqlens_k: index of each row's last key
        Value width = graph.Node("Shape", [mask], Attributes.Int("start", 1)); // [1]
        _total = graph.Cast(graph.Reshape(width, graph.Integers()), DataType.Int32); // without dimensions
        BatchAndSequence = graph.Node("Concat", [graph.Node("Shape", [ids]), graph.Integers(-1)], Attributes.Int("axis", 0));
        _cosine = context.Format.Beside(graph, RotaryCache.Cosine(context.Config));
        _sine = context.Format.Beside(graph, RotaryCache.Sine(context.Config));
        if (context.Config.HeadDim % 16 != 0)
            _separate = new SeparateRotary(context, ids, lengths, _cosine, _sine);
    }

    /// <summary>The shape [B, S, -1].</summary>
    public Value BatchAndSequence { get; }

    /// <summary>Norm and attention of layer <paramref name="index"/> over u [T, C], with its cache's inputs; gives [T, C].</summary>
    public Value Layer(Value u, int index)
    {
        GraphBuilder graph = _context.Graph;
        ModelConfig config = _context.Config;
        string layer = DecoderTensors.Layer(index), name = $"{layer}.self_attn", norm = $"{layer}.input_layernorm.weight";
        Value x = NormIntoProjections.Norm(_context, u, norm);
        Value[] qkv = [.. PackedProjections.Projections(_context, $"{name}.qkv_proj.weight", norm, $"{name}.q_proj.weight", $"{name}.k_proj.weight", $"{name}.v_proj.weight")
            .Select(matrix => graph.Reshape(_context.Linear(x, matrix), BatchAndSequence))]; // [B, S, (heads + 2 kv_heads) D], or q, k and v
        if (_separate is not null)
            qkv = qkv.Length == 1 ? [_separate.TurnPacked(qkv[0])] : [_separate.Turn(qkv[0]), _separate.Turn(qkv[1]), qkv[2]];
        Value key = Cache($"past_key_values.{index}.key"), value = Cache($"past_key_values.{index}.value");
        Value[] rotary = _separate is null ? [_cosine, _sine] : [];
        Value[] inputs = [.. qkv.Length == 1 ? [qkv[0], Value.None, Value.None] : qkv, key, value, _lastKey, _total, .. rotary];
        Value[] outputs = graph.Node("com.microsoft", "GroupQueryAttention", inputs,
            [graph.Fresh("GroupQueryAttention"), $"present.{index}.key", $"present.{index}.value"],
            Attributes.Int("num_heads", config.NumAttentionHeads), Attributes.Int("kv_num_heads", config.NumKeyValueHeads),
            Attributes.Int("do_rotary", _separate is null ? 1 : 0), Attributes.Int("rotary_interleaved", 0));
        _present.AddRange(outputs[1..]);
        Value heads = graph.Reshape(outputs[0], -1, config.NumAttentionHeads * config.HeadDim); // [T, heads D]
        return _context.Linear(heads, _context.Weights.Tensor($"{name}.o_proj.weight"));

        Value Cache(string input) => graph.Input(input, _context.Format.Activations, "batch_size", config.NumKeyValueHeads, "past_sequence_length", config.HeadDim);
    }

    /// <summary>Declares present.{i}.key and present.{i}.value of every layer.</summary>
    public void DeclareOutputs()
    {
        foreach (Value present in _present)
            _context.Graph.Output(present, _context.Format.Activations, "batch_size", _context.Config.NumKeyValueHeads, "present_sequence_length", _context.Config.HeadDim);
    }
}
