using System.CommandLine;
using MhcPipeline.Core;
using MhcPipeline.Core.Programs;
using MhcPipeline.Study;
using MhcPipeline.Study.Plan;
using MhcPipeline.Study.Runs;

if (args is [WorkerProcess.Argument])
{
    return await new PipelineProgram("mhc-study worker") { StopsBySignal = false }.RunAsync(_ =>
    {
        WorkerProcess.Run(Console.In, Console.Out);
        return Task.FromResult(ExitCode.Done);
    });
}

var data = new Option<string?>("--data") { Description = $"The text: tiny Shakespeare, {CharacterText.Source}" };
var output = new Option<string>("--out") { Description = "Where study.md and study/ go", DefaultValueFactory = _ => "docs" };
var experiments = new Option<string[]>("--experiments") { Description = $"Which to run: {string.Join(", ", Experiments.All)}", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [.. Experiments.All] };
Option<int?> steps = NumberOption.Optional("--steps", "Steps of every run, to try the study out; name another --out then", 1, int.MaxValue);
Option<int> workers = NumberOption.Of("--workers", "Runs at once, each with one thread", 1, 1024, Environment.ProcessorCount);
var report = new Option<bool>("--report") { Description = "Only write the report of the results that there are" };
experiments.AcceptOnlyFromAmong([.. Experiments.All]);
var command = new RootCommand("Compares connections: trains all of them with several seeds and writes docs/study.md. Finished runs are kept in docs/study/results and not done again.")
{
    data, output, experiments, steps, workers, report,
};
command.SetAction((parsed, stop) => new StudyProgram(new StudyOptions
{
    Data = parsed.GetValue(data) ?? throw new PipelineException($"Name the text to learn: make study DATA=input.txt, with tiny Shakespeare from {CharacterText.Source}."),
    Out = parsed.GetValue(output)!,
    Experiments = parsed.GetValue(experiments)!,
    Steps = parsed.GetValue(steps),
    Workers = parsed.GetValue(workers),
    ReportOnly = parsed.GetValue(report),
}).Execute(stop));
return await new PipelineProgram("mhc-study") { Stopped = "stopped. The same command goes on; runs that were not finished begin again." }.RunAsync(command, args);
