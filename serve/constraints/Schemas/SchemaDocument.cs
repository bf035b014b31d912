using System.Text.Json;
using MhcPipeline.Core;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>The text of a schema, in which references are followed. Nothing outside it is read.</summary>
internal sealed class SchemaDocument
{
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);

    public SchemaDocument(JsonElement root)
    {
        Root = root;
        Index(root, "", "");
        string dialect = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("$schema", out JsonElement named) && named.ValueKind == JsonValueKind.String ? named.GetString()! : "";
        IntegersHaveNoPoint = dialect.Contains("draft-03", StringComparison.Ordinal) || dialect.Contains("draft-04", StringComparison.Ordinal);
        ReferencesStandAlone = IntegersHaveNoPoint || dialect.Contains("draft-06", StringComparison.Ordinal) || dialect.Contains("draft-07", StringComparison.Ordinal);
    }

    public JsonElement Root { get; }

    /// <summary>Whether what stands beside a $ref is ignored, as it is up to draft 7.</summary>
    public bool ReferencesStandAlone { get; }

    /// <summary>Whether 1.0 is no integer, as it is not up to draft 4.</summary>
    public bool IntegersHaveNoPoint { get; }

    /// <summary>The JSON pointer that a reference leads to.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="from">The pointer of the schema that it stands in.</param>
    /// <exception cref="PipelineException">It leads outside the schema or nowhere.</exception>
    public string Resolve(string reference, string from)
    {
        string id = BaseOf(from);
        int hash = reference.IndexOf('#', StringComparison.Ordinal);
        string document = hash < 0 ? reference : reference[..hash], fragment = hash < 0 ? "" : Uri.UnescapeDataString(reference[(hash + 1)..]);
        string start = "";
        if (document.Length > 0)
        {
            string absolute = Combine(id, document);
            if (!_ids.TryGetValue(absolute, out start!) && !_ids.TryGetValue(document, out start!))
                throw new PipelineException($"{from}/$ref of the schema is {reference}, which is not inside the schema; copy what it refers to into $defs and refer to that.");
        }
        else if (id.Length > 0 && _ids.TryGetValue(id, out string? own) && (fragment.Length == 0 || fragment[0] != '/' || Exists(own + fragment)))
        {
            start = own;
        }
        if (fragment.Length == 0)
            return start;
        string pointer = fragment[0] == '/' ? start + fragment
            : _ids.TryGetValue(id + "#" + fragment, out string? anchored) || _ids.TryGetValue("#" + fragment, out anchored) ? anchored
            : throw new PipelineException($"{from}/$ref of the schema is {reference}, and no $anchor or $id has that name.");
        return Exists(pointer) ? pointer : throw new PipelineException($"{from}/$ref of the schema is {reference}, which leads nowhere.");
    }

    /// <summary>What stands at a pointer.</summary>
    public JsonElement At(string pointer) => Find(pointer) ?? throw new PipelineException($"The schema has nothing at {pointer}.");

    private bool Exists(string pointer) => Find(pointer) is not null;

    private JsonElement? Find(string pointer)
    {
        JsonElement at = Root;
        foreach (string part in pointer.Split('/').Skip(1))
        {
            string name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out JsonElement member))
                at = member;
            else if (at.ValueKind == JsonValueKind.Array && int.TryParse(name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int index) && index < at.GetArrayLength())
                at = at[index];
            else
                return null;
        }
        return at;
    }

    private string BaseOf(string pointer)
    {
        string best = "";
        int longest = -1;
        foreach ((string id, string place) in _ids)
        {
            if (!id.Contains('#', StringComparison.Ordinal) && place.Length > longest && (pointer == place || pointer.StartsWith(place + "/", StringComparison.Ordinal)))
                (best, longest) = (id, place.Length);
        }
        return best;
    }

    private static string Combine(string id, string reference) =>
        Uri.TryCreate(id, UriKind.Absolute, out Uri? root) && Uri.TryCreate(root, reference, out Uri? combined) ? combined.AbsoluteUri : reference;

    private void Index(JsonElement at, string pointer, string id)
    {
        if (at.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement item in at.EnumerateArray())
                Index(item, $"{pointer}/{index++}", id);
        }
        if (at.ValueKind != JsonValueKind.Object)
            return;
        foreach (string keyword in (string[])["$id", "id"])
        {
            if (!at.TryGetProperty(keyword, out JsonElement named) || named.ValueKind != JsonValueKind.String || named.GetString() is not { Length: > 0 } name)
                continue;
            if (name[0] == '#')
            {
                _ids.TryAdd(id + name, pointer);
                _ids.TryAdd(name, pointer);
                continue;
            }
            id = Combine(id, name.TrimEnd('#'));
            _ids.TryAdd(id, pointer);
        }
        foreach (string keyword in (string[])["$anchor", "$dynamicAnchor"])
        {
            if (!at.TryGetProperty(keyword, out JsonElement anchor) || anchor.ValueKind != JsonValueKind.String)
                continue;
            _ids.TryAdd($"{id}#{anchor.GetString()}", pointer);
            _ids.TryAdd($"#{anchor.GetString()}", pointer);
        }
        foreach (JsonProperty member in at.EnumerateObject())
        {
            if (member.Name is not ("enum" or "const" or "default" or "examples" or "example"))
                Index(member.Value, $"{pointer}/{Escaped(member.Name)}", id);
        }
    }

    /// <summary>A name as a part of a JSON pointer.</summary>
    public static string Escaped(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
