using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Serve.Api;

namespace MhcPipeline.Serve.Model;

/// <summary>Prompts for the web page: the first held-out item of each task, which the model has never seen, or general ones.</summary>
internal static class ExamplePrompts
{
    private static readonly (string Task, string Title)[] _tasks =
    [
        ("extract", "Extract the fields as JSON"),
        ("answer", "Answer a question about it"),
        ("classify", "Classify the document"),
    ];

    private static readonly IReadOnlyList<ExamplePrompt> _general =
    [
        new("Tell a story", "Tell me a short story."),
        new("Explain something", "What is a neural network?"),
        new("Write a poem", "Write a short poem about the sea."),
    ];

    public static IReadOnlyList<ExamplePrompt> Load(RunFolder run, int longest)
    {
        if (!File.Exists(run.HeldOutFile))
        {
            return _general;
        }
        var found = new Dictionary<string, ExamplePrompt>();
        try
        {
            foreach (string line in File.ReadLines(run.HeldOutFile))
            {
                using JsonDocument item = JsonDocument.Parse(line);
                string task = item.RootElement.TryGetProperty("task", out JsonElement name) ? name.GetString() ?? "" : "";
                string prompt = item.RootElement.GetProperty("messages").EnumerateArray()
                    .First(turn => turn.GetProperty("role").GetString() == "user").GetProperty("content").GetString()!;
                string title = _tasks.FirstOrDefault(known => known.Task == task).Title ?? "Try a held-out item";
                // Several items ask about the same document; the examples should show different ones.
                if (prompt.Length <= longest && found.Values.All(other => Document(other.Prompt) != Document(prompt)))
                {
                    found.TryAdd(task, new ExamplePrompt(title, prompt));
                }
                if (_tasks.All(known => found.ContainsKey(known.Task)))
                {
                    break;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or IOException)
        {
            throw new PipelineException($"{run.HeldOutFile} is not a list of chat items: {e.Message} Make it again with `{run.Make("train")}`.", e);
        }
        // In the order of the tasks above, others after them.
        return found.Count == 0
            ? _general
            : [.. found.OrderBy(pair => Array.FindIndex(_tasks, known => known.Task == pair.Key) is >= 0 and int place ? place : _tasks.Length).Select(pair => pair.Value)];
    }

    private static string Document(string prompt) => prompt.LastIndexOf("\n\n", StringComparison.Ordinal) is > 0 and int end ? prompt[..end] : prompt;
}
