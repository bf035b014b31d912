using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Text;

namespace MhcPipeline.Export.Evaluation;

/// <summary>Reads heldout.jsonl: {"messages":[{"role","content"},…],"task":"extract"} on each line.</summary>
internal static class HeldOutFile
{
    /// <summary>
    /// Chooses <paramref name="count"/> items (or all, if there are fewer): as many of each task as can be, each task's spread
    /// evenly over the file. The same file and count give the same items.
    /// </summary>
    /// <exception cref="PipelineException">A line is malformed, or there is none.</exception>
    public static IReadOnlyList<HeldOutItem> Choose(string path, int count)
    {
        List<List<HeldOutItem>> tasks = [.. Read(path).GroupBy(item => item.Task, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => group.ToList())];
        if (tasks.Count == 0)
            throw new PipelineException($"{path} is empty. Train the run again, or remove the file.");
        var chosen = new List<HeldOutItem>();
        // The smallest tasks first: what they cannot give falls to the others.
        foreach ((List<HeldOutItem> task, int index) in tasks.OrderBy(task => task.Count).Select((task, index) => (task, index)))
        {
            int share = Math.Min(task.Count, (count - chosen.Count) / (tasks.Count - index));
            chosen.AddRange(Enumerable.Range(0, share).Select(i => task[(int)((long)i * task.Count / share)]));
        }
        return chosen;
    }

    private static IEnumerable<HeldOutItem> Read(string path)
    {
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                yield return Parse(line, $"{path}:{number}");
        }
    }

    private static HeldOutItem Parse(string line, string place)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            List<ChatTurn> turns = [.. json.RootElement.GetProperty("messages").EnumerateArray()
                .Select(turn => new ChatTurn(turn.GetProperty("role").GetString()!, turn.GetProperty("content").GetString()!))];
            if (turns.Count < 2 || turns[^1].Role != "assistant")
                throw new PipelineException($"{place}: the last of {turns.Count} messages must be the assistant's answer, and a user's must stand before it.");
            return new HeldOutItem(json.RootElement.GetProperty("task").GetString()!, turns[..^1], turns[^1].Content);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new PipelineException($"{place} is not {{\"messages\":[{{\"role\":…,\"content\":…}},…],\"task\":…}}: {e.Message}", e);
        }
    }
}
