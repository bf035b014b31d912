using MhcPipeline.Export.Onnx.Proto;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Tests.Onnx;

/// <summary>
/// Checks the structure of a model as ONNX's own checker does (versions, domains, operators and their attributes, one definition a name, an order in which nodes can
/// run, sizes of tensors), and besides that nothing in it is of no use. Operators of ai.mhc are only asked for their domain.
/// </summary>
internal sealed class ModelChecker
{
    private const string OwnDomain = "ai.mhc";

    private readonly List<string> _problems = [];
    private readonly Dictionary<string, DataType?> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>Everything that is wrong with a model, in the order of the file.</summary>
    public static IReadOnlyList<string> Problems(ModelProto model)
    {
        var checker = new ModelChecker();
        checker.Versions(model);
        checker.Definitions(model.Graph);
        foreach (NodeProto node in model.Graph.Node)
            checker.Node(node);
        checker.Ends(model.Graph);
        return checker._problems;
    }

    private void Versions(ModelProto model)
    {
        string[] imported = [.. model.OpsetImport.Select(import => import.Domain)];
        if (imported.Distinct().Count() < imported.Length)
            _problems.Add("a domain is imported twice");
        foreach (string domain in imported.Except(model.Graph.Node.Select(node => node.Domain)))
            _problems.Add($"domain '{domain}' is imported and not used");
        foreach (string domain in model.Graph.Node.Select(node => node.Domain).Distinct().Except(imported))
            _problems.Add($"domain '{domain}' is used and not imported");
        if (model.OpsetImport.FirstOrDefault(import => import.Domain.Length == 0)?.Version != 23 || model.IrVersion != 11)
            _problems.Add("not opset 23 with the IR version that belongs to it, 11");
        foreach (OperatorSetIdProto import in model.OpsetImport.Where(import => import.Domain.Length > 0 && import.Version != 1))
            _problems.Add($"domain '{import.Domain}' has version {import.Version}");
    }

    private void Definitions(GraphProto graph)
    {
        if (graph.Name.Length == 0)
            _problems.Add("the graph has no name");
        foreach (ValueInfoProto input in graph.Input)
            Define(input.Name, input.Type.TensorType.ElemType);
        foreach (TensorProto tensor in graph.Initializer)
        {
            if (graph.Input.FirstOrDefault(input => input.Name == tensor.Name) is not { } overridable)
                Define(tensor.Name, tensor.DataType);
            else if (overridable.Type.TensorType.ElemType != tensor.DataType)
                _problems.Add($"{tensor.Name} has another type as an input than as an initializer");
            Size(tensor);
        }
    }

    private void Size(TensorProto tensor)
    {
        int element = tensor.DataType switch { DataType.Float or DataType.Int32 => 4, DataType.Float16 => 2, DataType.Int64 => 8, DataType.Uint8 => 1, _ => 0 };
        long expected = tensor.Dims.Aggregate((long)element, (product, dimension) => product * dimension);
        bool external = tensor.DataLocation == TensorProto.Types.DataLocation.External;
        Dictionary<string, string> place = tensor.ExternalData.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        long actual = external ? long.Parse(place["length"], System.Globalization.CultureInfo.InvariantCulture) : tensor.RawData.Length;
        if (element == 0 || actual != expected)
            _problems.Add($"{tensor.Name} has {actual} bytes, its type and shape {expected}");
        if (external && Path.GetFileName(place["location"]) != place["location"])
            _problems.Add($"{tensor.Name} lies outside of the model's folder");
    }

    private void Node(NodeProto node)
    {
        string what = $"{node.Name} ({node.OpType})";
        foreach (string input in node.Input.Where(input => input.Length > 0))
        {
            _used.Add(input);
            if (!_types.ContainsKey(input))
                _problems.Add($"{what} takes {input}, which nothing before it gives");
        }
        if (!OperatorSchema.All.TryGetValue((node.Domain, node.OpType), out OperatorSchema? schema))
        {
            if (node.Domain != OwnDomain)
                _problems.Add($"{what}: domain '{node.Domain}' has no such operator");
            foreach (string output in node.Output)
                Define(output, DataType.Float);
            return;
        }
        if (node.Input.Count < schema.Inputs.Fewest || node.Input.Count > schema.Inputs.Most || node.Output.Count < schema.Outputs.Fewest || node.Output.Count > schema.Outputs.Most)
            _problems.Add($"{what} has {node.Input.Count} inputs and {node.Output.Count} outputs");
        foreach (AttributeProto attribute in node.Attribute.Where(attribute => !schema.Attributes.TryGetValue(attribute.Name, out var type) || type != attribute.Type))
            _problems.Add($"{what} has the attribute {attribute.Name} of type {attribute.Type}");
        foreach (string name in schema.Required.Except(node.Attribute.Select(attribute => attribute.Name)))
            _problems.Add($"{what} lacks the attribute {name}");
        Types(node, schema, what);
    }

    private void Types(NodeProto node, OperatorSchema schema, string what)
    {
        DataType?[] types = [.. (schema.SameType ?? []).Where(i => i < node.Input.Count && node.Input[i].Length > 0).Select(i => _types.GetValueOrDefault(node.Input[i])).Distinct()];
        if (types.Length > 1)
            _problems.Add($"{what} takes {string.Join(" and ", types)}");
        DataType? given = node.OpType switch
        {
            "Shape" => DataType.Int64,
            "Cast" => (DataType)(node.Attribute.FirstOrDefault(attribute => attribute.Name == "to")?.I ?? 0),
            _ => types.FirstOrDefault(),
        };
        foreach (string output in node.Output.Where(output => output.Length > 0))
            Define(output, given);
    }

    private void Ends(GraphProto graph)
    {
        foreach (ValueInfoProto output in graph.Output)
        {
            _used.Add(output.Name);
            if (!_types.TryGetValue(output.Name, out DataType? type) || type != output.Type.TensorType.ElemType)
                _problems.Add($"output {output.Name} is {output.Type.TensorType.ElemType}, and {type?.ToString() ?? "nothing"} is given");
        }
        foreach (string name in _types.Keys.Where(name => !_used.Contains(name)))
            _problems.Add($"{name} is not used");
        foreach (IGrouping<string, NodeProto> nodes in graph.Node.GroupBy(node => node.Name).Where(nodes => nodes.Count() > 1))
            _problems.Add($"{nodes.Count()} nodes are called {nodes.Key}");
    }

    private void Define(string name, DataType? type)
    {
        if (!_types.TryAdd(name, type))
            _problems.Add($"{name} is defined twice");
    }
}
