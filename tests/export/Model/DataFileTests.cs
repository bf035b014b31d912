using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Onnx;
using MhcPipeline.Export.Onnx.Proto;
using Xunit;

namespace MhcPipeline.Export.Tests.Model;

/// <summary>How weights lie in model.onnx.data.</summary>
public sealed class DataFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_weight_lies_aligned_and_whole_in_the_data_file_and_none_in_the_graph()
    {
        ModelProto model = Export(RandomCheckpoint.Config());
        long length = new FileInfo(_folder.In("model.onnx.data")).Length;

        long end = 0;
        foreach (TensorProto tensor in model.Graph.Initializer.Where(tensor => tensor.DataLocation == TensorProto.Types.DataLocation.External))
        {
            Dictionary<string, string> place = tensor.ExternalData.ToDictionary(entry => entry.Key, entry => entry.Value);
            long offset = long.Parse(place["offset"], CultureInfo.InvariantCulture), bytes = long.Parse(place["length"], CultureInfo.InvariantCulture);
            Assert.Equal("model.onnx.data", place["location"]);
            Assert.Equal(0, offset % (bytes < 4096 ? 64 : 4096));
            Assert.True(offset >= end);
            Assert.Equal(4 * tensor.Dims.Aggregate(1L, (product, dimension) => product * dimension), bytes);
            end = offset + bytes;
        }
        Assert.Equal(length, end);
        Assert.All(model.Graph.Initializer.Where(tensor => tensor.DataLocation != TensorProto.Types.DataLocation.External), tensor => Assert.InRange(tensor.RawData.Length, 0, 2048));
    }

    [Fact]
    public void A_tied_matrix_is_stored_once()
    {
        ModelConfig config = RandomCheckpoint.Config() with { VocabSize = 4099 };
        Export(config);
        long untied = new FileInfo(_folder.In("model.onnx.data")).Length;
        Export(config with { TieWordEmbeddings = true });

        Assert.InRange(untied - new FileInfo(_folder.In("model.onnx.data")).Length, 4099 * 32 * sizeof(float), (4099 * 32 * sizeof(float)) + 4096);
    }

    [Fact]
    public void The_same_checkpoint_gives_the_same_files()
    {
        Export(RandomCheckpoint.Config());
        byte[] graph = File.ReadAllBytes(_folder.In("model.onnx")), data = File.ReadAllBytes(_folder.In("model.onnx.data"));
        Export(RandomCheckpoint.Config());

        Assert.Equal(graph, File.ReadAllBytes(_folder.In("model.onnx")));
        Assert.Equal(data, File.ReadAllBytes(_folder.In("model.onnx.data")));
    }

    [Fact]
    public void A_weight_that_cannot_be_written_leaves_the_previous_files()
    {
        Export(RandomCheckpoint.Config());
        byte[] graph = File.ReadAllBytes(_folder.In("model.onnx")), data = File.ReadAllBytes(_folder.In("model.onnx.data"));
        var builder = new GraphBuilder("broken");
        builder.Weight(new WeightTensor("w", [2], _ => throw new IOException("the disk is full")));

        Assert.Throws<PipelineException>(() => OnnxFile.Write(builder.Build(), _folder.In("model.onnx")));

        Assert.Equal(graph, File.ReadAllBytes(_folder.In("model.onnx")));
        Assert.Equal(data, File.ReadAllBytes(_folder.In("model.onnx.data")));
    }

    private ModelProto Export(ModelConfig config)
    {
        RandomCheckpoint.Save(_folder.In("model.safetensors"), config);
        using var weights = SafetensorsFile.Open(_folder.In("model.safetensors"));
        OnnxExporter.Export(config, weights, _folder.Path);
        return ModelProto.Parser.ParseFrom(File.ReadAllBytes(_folder.In("model.onnx")));
    }
}
