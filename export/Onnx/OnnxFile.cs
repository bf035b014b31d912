using System.Collections.ObjectModel;
using Google.Protobuf;
using MhcPipeline.Core;
using MhcPipeline.Export.Onnx.Proto;

namespace MhcPipeline.Export.Onnx;

/// <summary>Writes a graph as model.onnx with its weights beside it in model.onnx.data.</summary>
internal static class OnnxFile
{
    /// <summary>Version of ai.onnx's operators: the first with RMSNormalization.</summary>
    public const int Opset = 23;

    private const int IrVersion = 11; // the one that belongs to opset 23
    private const int PageSize = 4096; // tensors that start on a page can be mapped into memory as they are
    private const int SmallAlignment = 64; // a cache line, for tensors smaller than a page

    /// <summary>Writes the data file first, then the graph, each whole or not at all.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="path">Where to write it; the data file's name is longer by .data.</param>
    /// <param name="written">Weights that another model of the same folder has written already: the graph refers to those.</param>
    /// <returns>Bytes of the graph and of the data.</returns>
    /// <exception cref="PipelineException">A file cannot be written.</exception>
    public static (long Graph, long Data) Write(OnnxGraph graph, string path, IReadOnlyDictionary<string, TensorProto>? written = null)
    {
        string dataPath = path + ".data";
        long end = 0;
        AtomicFile.Write(dataPath, stream => end = WriteData(graph, stream, Path.GetFileName(dataPath), written ?? ReadOnlyDictionary<string, TensorProto>.Empty));

        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "MhcPipeline",
            ProducerVersion = typeof(OnnxFile).Assembly.GetName().Version!.ToString(3),
            Graph = graph.Graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Opset });
        foreach (string domain in graph.Graph.Node.Select(node => node.Domain).Where(domain => domain.Length > 0).Distinct())
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = 1 });
        AtomicFile.Write(path, stream => model.WriteTo(stream));
        return (model.CalculateSize(), end);
    }

    // Writes every weight and adds its initializer, which says where the weight lies, to the graph.
    private static long WriteData(OnnxGraph graph, Stream stream, string location, IReadOnlyDictionary<string, TensorProto> written)
    {
        foreach (WeightTensor weight in graph.Weights)
        {
            if (written.TryGetValue(weight.Name, out TensorProto? known))
            {
                graph.Graph.Initializer.Add(known);
                continue;
            }
            Pad(stream, weight.Length < PageSize ? SmallAlignment : PageSize);
            long offset = stream.Position;
            weight.WriteTo(stream);
            if (stream.Position - offset != weight.Length)
                throw new InvalidOperationException($"{weight.Name} wrote {stream.Position - offset} bytes, not {weight.Length}.");

            var tensor = new TensorProto { Name = weight.Name, DataType = weight.Type, DataLocation = TensorProto.Types.DataLocation.External };
            tensor.Dims.AddRange(weight.Shape);
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = FormattableString.Invariant($"{offset}") });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = FormattableString.Invariant($"{weight.Length}") });
            graph.Graph.Initializer.Add(tensor);
        }
        return stream.Position;
    }

    private static void Pad(Stream stream, int alignment)
    {
        Span<byte> zeros = stackalloc byte[PageSize];
        zeros.Clear();
        int rest = (int)(stream.Position % alignment);
        if (rest > 0)
            stream.Write(zeros[..(alignment - rest)]);
    }
}
