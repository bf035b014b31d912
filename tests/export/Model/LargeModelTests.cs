using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Connections;
using MhcPipeline.Export.Verification;
using Xunit;

namespace MhcPipeline.Export.Tests.Model;

/// <summary>
/// A model beyond 2 GB: more than a protobuf file, an array or a span can hold. Its output matrix has 524,400 rows, all zeros but the first and last
/// of them, which a small model's rows are: so both give the same logits there. On disk the checkpoint has holes, the exported data file 2.1 GB.
/// </summary>
public sealed class LargeModelTests : IDisposable
{
    private const int Small = 256, Large = 524_400, AtEnd = 64; // rows of the small and of the large vocabulary, and how many lie at the end of both
    private const long ManagedLimit = 64 << 20;

    private readonly ScratchFolder _folder = new();
    private readonly ModelConfig _config = RandomCheckpoint.Config() with
    {
        HcMult = 2,
        HiddenSize = 1024,
        NumHiddenLayers = 1,
        HeadDimOverride = 16,
        VocabSize = Small,
        TieWordEmbeddings = true,
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Data_beyond_2_GB_is_streamed_and_runs()
    {
        RandomCheckpoint.Save(_folder.In("small.safetensors"), _config);
        using var small = SafetensorsFile.Open(_folder.In("small.safetensors"));
        SaveLarge(small);
        using var large = SafetensorsFile.Open(_folder.In("large.safetensors"));
        ModelConfig config = _config with { VocabSize = Large };

        long before = GC.GetAllocatedBytesForCurrentThread();
        ExportedModel model = OnnxExporter.Export(config, large, _folder.In("large"));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(model.DataBytes > int.MaxValue);
        Assert.InRange(allocated, 0, ManagedLimit); // all that was ever allocated, so more than was held at any time
        long[] ids = [3, 250, 7, 255];
        float[] expected = Logits(OnnxExporter.Export(_config, small, _folder.In("small")), ids);
        float[] actual = Logits(model, [.. ids.Select(id => (long)LargeRow((int)id))]);
        for (int token = 0; token < ids.Length; token++)
        {
            for (int row = 0; row < Small; row++)
                Assert.Equal(expected[(token * Small) + row], actual[(token * Large) + LargeRow(row)], 1e-3f);
            Assert.Equal(0, actual[(token * Large) + (Large / 2)]);
        }
    }

    private static int LargeRow(int row) => row < Small - AtEnd ? row : row + Large - Small;

    private static float[] Logits(ExportedModel model, long[] ids)
    {
        using var runner = OnnxModelRunner.Load(model.ModelPath);
        return runner.Prefill(ids, batch: 1);
    }

    // The small checkpoint with zeros between the rows of its embedding; they are never written, so that the disk does not hold them.
    private void SaveLarge(SafetensorsFile small)
    {
        var header = new Dictionary<string, object>();
        long end = 0;
        var places = new List<(string Name, long At)>();
        foreach (TensorSpec spec in DecoderTensors.All(_config).Concat(ConnectionRegistry.For(_config).Tensors(_config)))
        {
            long[] shape = spec.Name == DecoderTensors.Embedding ? [Large, _config.HiddenSize] : [.. spec.Shape];
            long length = shape.Aggregate((long)sizeof(float), (product, dimension) => product * dimension);
            header[spec.Name] = new { dtype = "F32", shape, data_offsets = new[] { end, end + length } };
            places.Add((spec.Name, end));
            end += length;
        }
        byte[] json = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
        using FileStream stream = File.Create(_folder.In("large.safetensors"));
        var size = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(size, (ulong)json.Length);
        stream.Write(size);
        stream.Write(json);
        long data = stream.Position;
        stream.SetLength(data + end);
        foreach ((string name, long at) in places)
        {
            ReadOnlySpan<byte> values = MemoryMarshal.AsBytes(small.ReadFloat32(name).AsSpan());
            int start = name == DecoderTensors.Embedding ? (Small - AtEnd) * _config.HiddenSize * sizeof(float) : values.Length;
            stream.Position = data + at;
            stream.Write(values[..start]);
            if (start < values.Length)
                stream.Position = data + at + ((long)LargeRow(Small - AtEnd) * _config.HiddenSize * sizeof(float));
            stream.Write(values[start..]);
        }
    }
}
