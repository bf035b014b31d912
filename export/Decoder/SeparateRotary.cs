using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Decoder;

/// <summary>
/// Turns queries and keys before the attention (rotate-half), for heads of a width that com.microsoft.GroupQueryAttention
/// does not turn itself: com.microsoft.RotaryEmbedding with positions computed in the graph. The positions are shared by all layers.
/// </summary>
internal sealed class SeparateRotary
{
    private readonly GraphContext _context;
    private readonly Value _cosine;
    private readonly Value _sine;
    private readonly Value _positions;

    /// <summary>Adds the positions of the newest tokens: a row's past, max(0, length - S), and 0 to S - 1 after it.</summary>
    /// <param name="context">The graph and the configuration.</param>
    /// <param name="ids">The newest tokens, [B, S].</param>
    /// <param name="lengths">Tokens of each row with the newest, int64 [B].</param>
    /// <param name="cosine">Table of cosines, see <see cref="RotaryCache"/>.</param>
    /// <param name="sine">Table of sines.</param>
    public SeparateRotary(GraphContext context, Value ids, Value lengths, Value cosine, Value sine)
    {
        _context = context;
        _cosine = cosine;
        _sine = sine;
        GraphBuilder graph = context.Graph;
        Value width = graph.Node("Shape", [ids], Attributes.Int("start", 1)); // [1]
        // A row shorter than the others of a whole-sequence prefill has no past; it ends in padding.
        Value past = graph.Node("Max", [graph.Sub(graph.Reshape(lengths, -1, 1), width), graph.Integers(0)]); // [B, 1]
        Value zero = graph.Constant([0L], []), one = graph.Constant([1L], []);
        Value offsets = graph.Node("Range", [zero, graph.Reshape(width, graph.Integers()), one]); // [S]
        _positions = graph.Add(past, offsets); // [B, S]
    }

    /// <summary>Turns the queries and keys of q, k and v packed, [B, S, (heads + 2 kv_heads) D], and packs them again.</summary>
    public Value TurnPacked(Value packed)
    {
        GraphBuilder graph = _context.Graph;
        int keyValueHeads = _context.Config.NumKeyValueHeads, turned = _context.Config.NumAttentionHeads + keyValueHeads, width = _context.Config.HeadDim;
        Value[] parts = graph.Split(packed, turned * width, keyValueHeads * width);
        return graph.Node("Concat", [Turn(parts[0]), parts[1]], Attributes.Int("axis", -1));
    }

    /// <summary>Turns heads beside one another, [B, S, any number · D].</summary>
    public Value Turn(Value heads) => _context.Graph.Node("com.microsoft", "RotaryEmbedding", [heads, _positions, _cosine, _sine],
        [_context.Graph.Fresh("RotaryEmbedding")], Attributes.Int("interleaved", 0))[0];
}
