using System.Globalization;
using System.Text;
using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Export.Command;
using MhcPipeline.Export.Evaluation;
using Xunit;

namespace MhcPipeline.Export.Tests.Command;

/// <summary>Exact match on held-out items.</summary>
public sealed class EvaluationTests : IDisposable
{
    private readonly TestRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task What_the_model_answers_matches_and_anything_else_does_not()
    {
        RunExport export = new(_run.Folder, _run.Display());
        export.Export(new ExportOptions());
        // The random model never ends an answer by itself, so what it says up to the context's end is taken as expected.
        string question = new('q', 80);
        string answer = await Greedy(question);
        WriteHeldOut((question, answer, "extract"), (question, answer + "?", "answer"), (question, "", "classify"));

        await export.EvaluateAsync(3, CancellationToken.None);

        using JsonDocument eval = JsonDocument.Parse(File.ReadAllBytes(_run.Folder.EvalFile));
        JsonElement tasks = eval.RootElement.GetProperty("tasks");
        Assert.Equal(3, eval.RootElement.GetProperty("examples").GetInt32());
        Assert.Equal(1, tasks.GetProperty("extract").GetProperty("exact_match").GetDouble());
        Assert.Equal(0, tasks.GetProperty("answer").GetProperty("exact_match").GetDouble());
        Assert.Contains("100.0 %", _run.Output.ToString());
    }

    [Fact]
    public async Task A_run_without_held_out_items_is_not_measured()
    {
        await new RunExport(_run.Folder, _run.Display()).EvaluateAsync(3, CancellationToken.None);

        Assert.False(File.Exists(_run.Folder.EvalFile));
        Assert.Contains("no heldout.jsonl", _run.Output.ToString());
    }

    [Fact]
    public void Examples_are_shared_among_the_tasks_and_spread_over_the_file()
    {
        WriteHeldOut([.. Enumerable.Range(0, 100).Select(i => ($"question {i}", "yes", i < 3 ? "classify" : i % 2 == 0 ? "extract" : "answer"))]);

        IReadOnlyList<HeldOutItem> items = HeldOutFile.Choose(_run.Folder.HeldOutFile, 23);

        Assert.Equal([3, 10, 10], items.CountBy(item => item.Task).Select(count => count.Value).Order());
        Assert.Equal(items, HeldOutFile.Choose(_run.Folder.HeldOutFile, 23), (a, b) => a.Prompt.SequenceEqual(b.Prompt));
        Assert.Contains(items, item => int.Parse(item.Prompt[0].Content.Split(' ')[1], CultureInfo.InvariantCulture) > 85);
    }

    [Fact]
    public void More_examples_than_there_are_means_all()
    {
        WriteHeldOut(("a", "b", "extract"), ("c", "d", "answer"));

        Assert.Equal(2, HeldOutFile.Choose(_run.Folder.HeldOutFile, 300).Count);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"task":"extract"}""")]
    [InlineData("""{"messages":[{"role":"assistant","content":"x"},{"role":"user","content":"x"}],"task":"extract"}""")]
    [InlineData("""{"text":"x"}""")]
    [InlineData("""{"messages":"x","task":"extract"}""")]
    [InlineData("not json")]
    public void A_malformed_line_is_named(string line)
    {
        WriteHeldOut(("a", "b", "extract"));
        File.AppendAllText(_run.Folder.HeldOutFile, line + "\n");

        Assert.Contains("heldout.jsonl:2", Assert.Throws<PipelineException>(() => HeldOutFile.Choose(_run.Folder.HeldOutFile, 300)).Message);
    }

    private async Task<string> Greedy(string question)
    {
        await using var engine = InferenceEngine.Load(_run.Folder.Path);
        var answer = new StringBuilder();
        int[] prompt = engine.Tokenizer.EncodeChat([new ChatTurn("user", question)], addGenerationPrompt: true);
        await foreach (GenerationChunk chunk in engine.GenerateAsync(new GenerationRequest { Prompt = prompt }))
            answer.Append(chunk.Text);
        return answer.ToString();
    }

    private void WriteHeldOut(params (string Question, string Answer, string Task)[] items) =>
        File.WriteAllLines(_run.Folder.HeldOutFile, items.Select(item => JsonSerializer.Serialize(new
        {
            messages = new[] { new { role = "user", content = item.Question }, new { role = "assistant", content = item.Answer } },
            task = item.Task,
        })));
}
