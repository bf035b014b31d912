using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MhcPipeline.Core;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Export.Output;

namespace MhcPipeline.Export.Evaluation;

/// <summary>Exact match on held-out items: greedy answers of the exported model, through the engine that also serves it.</summary>
internal sealed class HeldOutEvaluation(RunFolder run, StepDisplay display)
{
    private const int SideBySide = 4;
    private const int TokensBeyondAnswer = 8; // an answer longer than the expected one is wrong anyway
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };

    /// <summary>Generates, prints the table and samples, and writes eval.json.</summary>
    /// <exception cref="PipelineException">heldout.jsonl is malformed or the exported model cannot be run.</exception>
    public async Task RunAsync(int examples, CancellationToken cancellation)
    {
        IReadOnlyList<HeldOutItem> items = HeldOutFile.Choose(run.HeldOutFile, examples);
        long start = Stopwatch.GetTimestamp();
        string[] answers = await AnswerAsync(items, cancellation);
        Report(items, answers, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>The model's greedy answer to each item.</summary>
    /// <exception cref="PipelineException">The exported model cannot be run.</exception>
    public async Task<string[]> AnswerAsync(IReadOnlyList<HeldOutItem> items, CancellationToken cancellation)
    {
        var answers = new string[items.Count];
        await using InferenceEngine engine = InferenceEngine.Load(run.Path, new EngineOptions { Slots = SideBySide });
        var options = new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellation };
        var gate = new Lock();
        await display.ProgressAsync("evaluate", items.Count, advance => Parallel.ForEachAsync(Enumerable.Range(0, items.Count), options, async (i, token) =>
        {
            answers[i] = await AnswerAsync(engine, items[i], token);
            lock (gate)
                advance();
        }));
        return answers;
    }

    private static async Task<string> AnswerAsync(InferenceEngine engine, HeldOutItem item, CancellationToken cancellation)
    {
        int[] prompt = engine.Tokenizer.EncodeChat(item.Prompt, addGenerationPrompt: true);
        int tokens = Math.Min(engine.Tokenizer.Encode(item.Answer).Length + TokensBeyondAnswer, engine.MaxContext - prompt.Length);
        if (tokens < 1)
            return ""; // the context has no room for an answer: none is given
        var answer = new StringBuilder();
        await foreach (GenerationChunk chunk in engine.GenerateAsync(new GenerationRequest { Prompt = prompt, MaxTokens = tokens }, cancellation))
            answer.Append(chunk.Text);
        cancellation.ThrowIfCancellationRequested();
        return answer.ToString();
    }

    private void Report(IReadOnlyList<HeldOutItem> items, string[] answers, double seconds)
    {
        var results = items.Zip(answers, (item, answer) => (Item: item, Answer: answer, Exact: item.Answer == answer)).ToList();
        var tasks = results.GroupBy(result => result.Item.Task, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (Task: group.Key, Count: group.Count(), Exact: group.Count(result => result.Exact))).ToList();

        display.Line(FormattableString.Invariant($"{"evaluate",-10} {items.Count} held-out examples in {seconds:0.0} s"));
        display.Table(["task", "examples", "exact match"], tasks.Select(task => (IReadOnlyList<string>)[task.Task, $"{task.Count}", FormattableString.Invariant($"{100.0 * task.Exact / task.Count:0.0} %")]));
        // One question without earlier turns of the two tasks with the longest answers, of different documents where the file has them.
        var samples = results.GroupBy(result => result.Item.Task, StringComparer.Ordinal).OrderByDescending(group => group.Average(result => result.Item.Answer.Length))
            .Take(2).Select((group, i) => group.OrderBy(result => result.Item.Prompt.Count).ElementAt(i * group.Count() / 3));
        foreach (var sample in samples)
        {
            display.Line($"A sample ({sample.Item.Task}):");
            display.Line(Indent(sample.Item.Prompt[^1].Content));
            display.Line(sample.Exact ? $"  model:    {sample.Answer} (as expected)" : $"  model:    {sample.Answer}\n  expected: {sample.Item.Answer}");
        }

        var json = new JsonObject
        {
            ["examples"] = items.Count,
            ["tasks"] = new JsonObject(tasks.Select(task => KeyValuePair.Create(task.Task, (JsonNode?)new JsonObject
            {
                ["count"] = task.Count,
                ["exact_match"] = (double)task.Exact / task.Count,
            }))),
            ["seconds"] = Math.Round(seconds, 2),
        };
        AtomicFile.WriteAllText(run.EvalFile, json.ToJsonString(_indented) + "\n");
    }

    private static string Indent(string text) => "  | " + text.ReplaceLineEndings("\n").TrimEnd('\n').Replace("\n", "\n  | ");
}
