using System.Text.Json.Nodes;

namespace MhcPipeline.Train.Training;

/// <summary>What makes a run this run: resuming with anything else would continue another experiment.</summary>
/// <param name="Preset">The preset, by name or path; how it is spelt does not matter.</param>
/// <param name="PresetJson">The preset's content: a run goes on with it wherever its file has gone.</param>
/// <param name="Connection">The connection in use.</param>
/// <param name="Data">Fingerprint of the tokenised data.</param>
/// <param name="DataPath">Where the data was read from; null for the preset's corpus.</param>
/// <param name="Seed">Of initial values and data order.</param>
public sealed record RunIdentity(string Preset, string PresetJson, string Connection, string Data, string? DataPath, long Seed)
{
    /// <summary>
    /// Fields of a preset that change no weight on the way that a run has yet to go, or that count elsewhere: its end may be moved, what is only looked
    /// at may be looked at more often, memory may be saved, a run may move to another device and its precision, the connection is compared as it is in use, and the tokenizer's part is in the data.
    /// </summary>
    private static readonly HashSet<string> _doNotCount = new(StringComparer.Ordinal)
    {
        "description", "training.steps", "training.minutes", "training.eval_every", "training.checkpoint_every", "training.gains_every",
        "training.recompute", "training.recompute_block", "training.precision", "model.connection", "tokenizer.kind", "tokenizer.vocab_size",
    };

    /// <summary>Names what differs from another identity and counts, as <c>what then, now what</c>; null when there is nothing.</summary>
    public string? DifferenceTo(RunIdentity other)
    {
        string[] differences = [.. Differences(other)];
        return differences.Length == 0 ? null : string.Join("; ", differences);
    }

    private IEnumerable<string> Differences(RunIdentity other)
    {
        if (Connection != other.Connection)
            yield return $"connection {Connection}, now {other.Connection}";
        Dictionary<string, string> then = Fields(PresetJson), now = Fields(other.PresetJson);
        bool settings = false;
        foreach (string field in then.Keys.Union(now.Keys).Except(_doNotCount).Order(StringComparer.Ordinal))
        {
            (string was, string isNow) = (then.GetValueOrDefault(field, "absent"), now.GetValueOrDefault(field, "absent"));
            if (was == isNow)
                continue;
            settings = true;
            yield return $"{field} {was}, now {isNow}";
        }
        if (Seed != other.Seed)
            yield return $"seed {Seed}, now {other.Seed}";
        else if (Data != other.Data && !settings) // another seed, or another setting of the corpus, is another text
            yield return DataDifference(other);
    }

    private string DataDifference(RunIdentity other)
    {
        string then = DataPath ?? "the preset's corpus", now = other.DataPath ?? "the preset's corpus";
        return then == now ? $"data {then} as it was then; it, or the tokenizer, has changed since" : $"data {then}, now {now}";
    }

    /// <summary>All values of a preset by their names with the objects around them.</summary>
    private static Dictionary<string, string> Fields(string json)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        Collect(JsonNode.Parse(json), "");
        return fields;

        void Collect(JsonNode? node, string path)
        {
            if (node is JsonObject inner)
            {
                foreach ((string name, JsonNode? value) in inner)
                    Collect(value, path.Length == 0 ? name : $"{path}.{name}");
            }
            else
            {
                fields[path] = node is JsonValue text && text.TryGetValue(out string? word) ? word : node?.ToJsonString() ?? "null";
            }
        }
    }
}
