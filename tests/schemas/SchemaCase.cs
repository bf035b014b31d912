using System.Text.Json;
using MhcPipeline.Core;

namespace MhcPipeline.Schemas;

/// <summary>A file of MaskBench: a schema, and instances that are valid or not.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Schema">The schema as JSON.</param>
/// <param name="Instances">The instances as Python's json module writes them, and whether each is valid.</param>
internal sealed record SchemaCase(string Name, string Schema, IReadOnlyList<(string Text, bool IsValid)> Instances)
{
    /// <summary>The set that the file belongs to: what stands before --- in its name, or before the first underscore.</summary>
    public string Tier => Name.IndexOf("---", StringComparison.Ordinal) is > 0 and var end ? Name[..end] : Name.Split('_')[0];

    /// <summary>Reads a file.</summary>
    public static SchemaCase Read(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 256 });
            JsonElement root = document.RootElement;
            var instances = new List<(string, bool)>();
            foreach (JsonElement test in root.GetProperty("tests").EnumerateArray())
                instances.Add((SpacedJson.Write(test.GetProperty("data")), test.GetProperty("valid").GetBoolean()));
            return new SchemaCase(Path.GetFileNameWithoutExtension(path), root.GetProperty("schema").GetRawText(), instances);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new PipelineException($"{path} is no file of MaskBench (schema, tests with data and valid): {error.Message}", error);
        }
    }
}
