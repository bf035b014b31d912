using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace MhcPipeline.Core.Safetensors;

/// <summary>Collects tensors and writes them as one safetensors file, in the order they were added, aligned to 8 bytes.</summary>
public sealed class SafetensorsWriter
{
    private readonly List<(string Name, TensorType Type, long[] Shape, ReadOnlyMemory<byte> Data)> _tensors = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Strings for the header's <c>__metadata__</c>.</summary>
    public IDictionary<string, string> Metadata { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Adds a tensor from its bytes, little-endian and row-major. The memory must stay unchanged until <see cref="Save"/>.</summary>
    /// <exception cref="ArgumentException">The name stands already, or the data's length does not fit type and shape.</exception>
    public void Add(string name, TensorType type, IReadOnlyList<long> shape, ReadOnlyMemory<byte> data)
    {
        long bytes = shape.Aggregate((long)type.Size(), (product, dimension) => checked(product * dimension));
        if (data.Length != bytes)
            throw new ArgumentException($"Tensor {name}: {type} [{string.Join(", ", shape)}] takes {bytes} bytes, not {data.Length}.", nameof(data));
        if (name == "__metadata__" || !_names.Add(name))
            throw new ArgumentException($"Tensor {name} cannot be added: the name is taken.", nameof(name));
        _tensors.Add((name, type, [.. shape], data));
    }

    /// <summary>Adds a tensor of single-precision numbers (copied).</summary>
    public void Add(string name, IReadOnlyList<long> shape, ReadOnlySpan<float> data) =>
        Add(name, TensorType.F32, shape, MemoryMarshal.AsBytes(data).ToArray());

    /// <summary>Adds a tensor of 64-bit integers (copied).</summary>
    public void Add(string name, IReadOnlyList<long> shape, ReadOnlySpan<long> data) =>
        Add(name, TensorType.I64, shape, MemoryMarshal.AsBytes(data).ToArray());

    /// <summary>Writes the file whole or not at all.</summary>
    /// <exception cref="PipelineException">The file cannot be written.</exception>
    public void Save(string path) => AtomicFile.Write(path, stream =>
    {
        byte[] header = Header();
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in _tensors)
            stream.Write(tensor.Data.Span);
    });

    private byte[] Header()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (Metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in Metadata)
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            long offset = 0;
            foreach (var (name, type, shape, data) in _tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", type.ToString());
                json.WriteStartArray("shape");
                foreach (long dimension in shape)
                    json.WriteNumberValue(dimension);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += data.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0) // spaces keep the first tensor aligned, as the format advises
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }
}
