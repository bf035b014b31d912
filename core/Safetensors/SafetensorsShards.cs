using System.Text.Json;

namespace MhcPipeline.Core.Safetensors;

/// <summary>
/// A checkpoint in several safetensors files (shards) with an index that says in which of them each tensor lies, as Hugging Face
/// splits large ones. All files are mapped, so that memory does not grow with them. Thread-safe until disposed.
/// </summary>
public sealed class SafetensorsShards : ITensorSource
{
    private const int MostProblems = 20;

    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, SafetensorsFile> _fileOf = new(StringComparer.Ordinal);

    private SafetensorsShards(string path) => Path = path;

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; private set; } = new Dictionary<string, TensorInfo>();

    /// <summary>Number of files.</summary>
    public int Count => _files.Count;

    /// <summary>Maps the files that an index names, and checks that each holds what the index says and nothing else.</summary>
    /// <param name="indexPath">Usually model.safetensors.index.json; the shards lie beside it.</param>
    /// <exception cref="PipelineException">The index or a shard is missing or malformed, or they do not fit together: every reason is named.</exception>
    public static SafetensorsShards Open(string indexPath)
    {
        Dictionary<string, string> index = ReadIndex(indexPath);
        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(indexPath))!;
        var shards = new SafetensorsShards(indexPath);
        try
        {
            shards.Map(index, folder);
            return shards;
        }
        catch
        {
            shards.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public TensorInfo Tensor(string name) => FileOf(name).Tensor(name);

    /// <inheritdoc/>
    public void CopyTo(string name, Stream destination) => FileOf(name).CopyTo(name, destination);

    /// <inheritdoc/>
    public float[] ReadFloat32(string name) => FileOf(name).ReadFloat32(name);

    /// <inheritdoc/>
    public void ReadFloat32(string name, long first, Span<float> destination) => FileOf(name).ReadFloat32(name, first, destination);

    /// <inheritdoc/>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    private SafetensorsFile FileOf(string name) => _fileOf.TryGetValue(name, out SafetensorsFile? file) ? file : throw new PipelineException($"{Path} has no tensor {name}.");

    private static Dictionary<string, string> ReadIndex(string path)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("weight_map", out JsonElement map) || map.ValueKind != JsonValueKind.Object)
                throw Malformed("it has no object weight_map, which says in which file each tensor lies");
            var index = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (JsonProperty entry in map.EnumerateObject())
            {
                // A name with a folder in it could lead anywhere on the machine.
                if (entry.Value.ValueKind != JsonValueKind.String || entry.Value.GetString() is not { Length: > 0 } file || System.IO.Path.GetFileName(file) != file)
                    throw Malformed($"weight_map puts {entry.Name} into {entry.Value.GetRawText()}, where the name of a file beside the index is needed");
                if (!index.TryAdd(entry.Name, file))
                    throw Malformed($"weight_map names {entry.Name} twice");
            }
            return index;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Malformed($"it is not JSON: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException($"{path} cannot be read: {e.Message}", e);
        }

        PipelineException Malformed(string what, Exception? inner = null) => new($"{path} is not an index of safetensors files: {what}. Fetch the file again.", inner);
    }

    private void Map(Dictionary<string, string> index, string folder)
    {
        var problems = new List<string>();
        foreach (IGrouping<string, string> shard in index.GroupBy(entry => entry.Value, entry => entry.Key, StringComparer.Ordinal).OrderBy(shard => shard.Key, StringComparer.Ordinal))
        {
            string path = System.IO.Path.Combine(folder, shard.Key);
            if (!File.Exists(path))
            {
                problems.Add($"{shard.Key} is missing, with {shard.Count()} tensors");
                continue;
            }
            SafetensorsFile file = SafetensorsFile.Open(path);
            _files.Add(file);
            problems.AddRange(shard.Where(name => !file.Tensors.ContainsKey(name)).Select(name => $"{shard.Key} has no tensor {name}, which the index puts there"));
            problems.AddRange(file.Tensors.Keys.Where(name => index.GetValueOrDefault(name) != shard.Key)
                .Select(name => $"{shard.Key} has the tensor {name}, which the index {(index.TryGetValue(name, out string? other) ? $"puts into {other}" : "does not name")}"));
            foreach (string name in shard)
                _fileOf[name] = file;
        }
        if (problems.Count > 0)
        {
            IEnumerable<string> shown = problems.Count > MostProblems ? problems.Take(MostProblems).Append($"and {problems.Count - MostProblems} more") : problems;
            throw new PipelineException($"{Path} and the files that it names do not fit together:{string.Concat(shown.Select(problem => $"\n  {problem}"))}\nFetch the checkpoint again, all of its files.");
        }
        Tensors = _fileOf.ToDictionary(entry => entry.Key, entry => entry.Value.Tensor(entry.Key), StringComparer.Ordinal);
    }
}
