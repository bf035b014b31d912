using MhcPipeline.Export.Onnx.Proto;

namespace MhcPipeline.Export.Onnx;

/// <summary>A graph by the parts of the model that its nodes are named after.</summary>
internal static class GraphParts
{
    /// <summary>Nodes and bytes of weights and constants of every part, in the order of their first nodes. What several parts use counts for the first.</summary>
    /// <param name="graph">The graph, as built or as read from a file.</param>
    /// <param name="weights">Weights that are not written yet.</param>
    public static IReadOnlyDictionary<string, (int Operators, long Bytes)> Of(GraphProto graph, IEnumerable<WeightTensor> weights)
    {
        Dictionary<string, long> bytes = graph.Initializer.ToDictionary(tensor => tensor.Name, Length, StringComparer.Ordinal);
        foreach (WeightTensor weight in weights)
            bytes[weight.Name] = weight.Length;

        var parts = new OrderedDictionary<string, (int Operators, long Bytes)>(StringComparer.Ordinal);
        foreach (NodeProto node in graph.Node)
        {
            (int operators, long size) = parts.GetValueOrDefault(Part(node.Name));
            foreach (string input in node.Input)
                size += bytes.Remove(input, out long length) ? length : 0;
            parts[Part(node.Name)] = (operators + 1, size);
        }
        return parts;
    }

    // layers.0/attn_hc/Softmax.3 belongs to layers.0/attn_hc, embed_tokens/Gather to embed_tokens.
    private static string Part(string node)
    {
        string[] names = node.Split('/');
        return names[0].StartsWith("layers.", StringComparison.Ordinal) ? $"{names[0]}/{names[1]}" : names[0];
    }

    private static long Length(TensorProto tensor) => tensor.ExternalData.FirstOrDefault(entry => entry.Key == "length") is { } length
        ? long.Parse(length.Value, System.Globalization.CultureInfo.InvariantCulture) : tensor.RawData.Length;
}
