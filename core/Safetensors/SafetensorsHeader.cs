using System.Text.Json;

namespace MhcPipeline.Core.Safetensors;

/// <summary>Parses and checks the JSON header of a safetensors file: nothing is believed before it is checked against the file's length.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The format's own limit; a longer header is refused before memory is taken for it.</summary>
    public const long LargestHeader = 100_000_000;

    public Dictionary<string, TensorInfo> Tensors { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <param name="path">For messages.</param>
    /// <param name="json">The header's bytes.</param>
    /// <param name="dataStart">Where the tensors' bytes begin in the file.</param>
    /// <param name="fileLength">The file's length.</param>
    public static SafetensorsHeader Parse(string path, ReadOnlyMemory<byte> json, long dataStart, long fileLength)
    {
        var header = new SafetensorsHeader();
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new JsonException("the top level is not an object");
            foreach (JsonProperty entry in document.RootElement.EnumerateObject())
            {
                if (entry.Name == "__metadata__")
                    header.ReadMetadata(path, entry.Value);
                else if (!header.Tensors.TryAdd(entry.Name, ReadTensor(path, entry, dataStart, fileLength)))
                    throw Malformed(path, $"tensor {entry.Name} stands twice");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: bytes that are not UTF-8
        {
            throw Malformed(path, $"its header is not JSON: {e.Message}", e);
        }
        header.CheckLayout(path, dataStart, fileLength);
        return header;
    }

    public static PipelineException Malformed(string path, string what, Exception? inner = null) =>
        new($"{path} is not a valid safetensors file: {what}. Fetch or write the file again.", inner);

    private void ReadMetadata(string path, JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Malformed(path, "__metadata__ is not an object");
        foreach (JsonProperty entry in element.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String)
                throw Malformed(path, $"__metadata__ entry {entry.Name} is not a string");
            Metadata[entry.Name] = entry.Value.GetString()!;
        }
    }

    private static TensorInfo ReadTensor(string path, JsonProperty entry, long dataStart, long fileLength)
    {
        string name = entry.Name;
        JsonElement value = entry.Value;
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out JsonElement dtype) || dtype.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out JsonElement shape) || shape.ValueKind != JsonValueKind.Array
            || !value.TryGetProperty("data_offsets", out JsonElement offsets) || offsets.ValueKind != JsonValueKind.Array || offsets.GetArrayLength() != 2)
            throw Malformed(path, $"tensor {name} lacks dtype, shape or two data_offsets");
        if (!Enum.TryParse(dtype.GetString(), out TensorType type) || type.ToString() != dtype.GetString())
            throw Malformed(path, $"tensor {name} has dtype {dtype.GetString()}; F32, F16, BF16 and I64 are supported");

        long count = 1;
        var dimensions = new List<long>();
        foreach (JsonElement dimension in shape.EnumerateArray())
        {
            if (dimension.ValueKind != JsonValueKind.Number || !dimension.TryGetInt64(out long size) || size < 0)
                throw Malformed(path, $"tensor {name} has dimension {dimension.GetRawText()} in its shape");
            dimensions.Add(size);
            if (size != 0 && count > fileLength / size)
                throw Malformed(path, $"tensor {name} has shape {shape.GetRawText()}, which is larger than the file");
            count *= size;
        }

        long begin = ReadOffset(offsets[0]), end = ReadOffset(offsets[1]);
        long length = count * type.Size();
        if (begin < 0 || end < begin || end > fileLength - dataStart)
            throw Malformed(path, $"tensor {name} lies at bytes {offsets.GetRawText()} of {fileLength - dataStart}; the file is cut short or its offsets are wrong");
        if (end - begin != length)
            throw Malformed(path, $"tensor {name} has {end - begin} bytes, but {type} {shape.GetRawText()} takes {length}");
        return new TensorInfo(name, type, dimensions, dataStart + begin, length);

        static long ReadOffset(JsonElement element) => element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out long offset) ? offset : -1;
    }

    /// <summary>Tensors may not overlap, and every byte belongs to one: so says the format.</summary>
    private void CheckLayout(string path, long dataStart, long fileLength)
    {
        long position = dataStart;
        TensorInfo? previous = null;
        foreach (TensorInfo tensor in Tensors.Values.OrderBy(t => t.Offset).ThenBy(t => t.Length))
        {
            if (tensor.Offset < position)
                throw Malformed(path, $"tensors {previous!.Name} and {tensor.Name} overlap");
            if (tensor.Offset > position)
                throw Malformed(path, $"{tensor.Offset - position} bytes before tensor {tensor.Name} belong to no tensor");
            position = tensor.Offset + tensor.Length;
            previous = tensor;
        }
        if (position != fileLength)
            throw Malformed(path, $"its last {fileLength - position} bytes belong to no tensor");
    }
}
