using System.Text.Json;
using System.Text.Json.Nodes;
using MhcPipeline.Core;

namespace OrderDesk;

/// <summary>How many values were read right, by a file that says what is right.</summary>
/// <param name="Right">Labels and fields that are as expected.</param>
/// <param name="All">Labels and fields that were expected.</param>
/// <param name="Unnoticed">Wrong ones that no doubt was raised about.</param>
public sealed record Accuracy(int Right, int All, int Unnoticed)
{
    /// <summary>The file beside the documents: an object with their names, each an object with the label and the fields.</summary>
    public const string FileName = "expected.json";

    /// <summary>Compares with what the folder expects; null where it expects nothing.</summary>
    /// <exception cref="PipelineException">The file is not as it should be.</exception>
    public static Accuracy? Of(string folder, IReadOnlyList<DeskEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        int right = 0, all = 0, unnoticed = 0;
        foreach (DeskEntry entry in entries)
        {
            if (Read(path)[entry.File] is not JsonObject expected) continue;
            foreach ((string name, JsonNode? value) in expected)
            {
                all++;
                bool holds = name == "label" ? entry.Label == value?.ToString() : Same(value, entry.Record[name]);
                right += holds ? 1 : 0;
                unnoticed += holds || entry.Doubts.ContainsKey(name) ? 0 : 1;
            }
        }
        return all == 0 ? null : new Accuracy(right, all, unnoticed);
    }

    private static bool Same(JsonNode? expected, JsonNode? read) =>
        expected is JsonValue left && read is JsonValue right
        && (left.TryGetValue(out decimal number) ? right.TryGetValue(out decimal other) && number == other : left.ToString() == right.ToString());

    private static JsonObject Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new JsonException("It is no object.");
        }
        catch (JsonException wrong)
        {
            throw new PipelineException($"{path} must be a JSON object with a document's name and values for each document: {wrong.Message}", wrong);
        }
    }
}
