using System.Diagnostics;
using System.Globalization;
using MhcPipeline.Bench;
using MhcPipeline.Core;
using MhcPipeline.Fixtures;
using MhcPipeline.Study.Plan;
using MhcPipeline.Study.Report;
using MhcPipeline.Study.Runs;
using MhcPipeline.Train.Connections;
using MhcPipeline.Train.Data;

namespace MhcPipeline.Study;

/// <summary>Does what of the study is not done yet, and writes its report.</summary>
/// <param name="options">What was asked for.</param>
internal sealed class StudyProgram(StudyOptions options)
{
    private readonly Lock _lock = new();
    private string _dataFolder = "";
    private readonly Dictionary<string, long> _running = new(StringComparer.Ordinal);

    /// <summary>Runs until all is done or it is asked to stop; either way the report shows what there is.</summary>
    /// <exception cref="PipelineException">The text is missing, or a run cannot be done.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public async Task Execute(CancellationToken stop)
    {
        var text = new CharacterText(options.Data);
        _dataFolder = Path.Combine(RepositoryFiles.Root, "artifacts", "study", "data", text.Fingerprint);
        var plan = new StudyPlan(text.VocabSize, ConnectionRegistry.Names, options.Steps);
        var store = new ResultStore(Path.Combine(options.Out, "study", "results"), text.Fingerprint);
        int validationBatches;
        using (Dataset data = text.Prepare(_dataFolder)) // before several workers look for it
            validationBatches = data.Validation(new BatchOptions(12, 64, 1), int.MaxValue).Count;

        try
        {
            if (!options.ReportOnly)
            {
                IReadOnlyDictionary<string, double> speeds = await Speeds(plan, store, stop);
                StudyRun[] runs = [.. AllRuns(plan, speeds).Where(run => options.Experiments.Contains(run.Experiment))];
                await Run(runs, run => Estimate.Seconds(run, speeds, validationBatches), text, store, stop);
            }
        }
        finally
        {
            string report = new StudyReport(options.Out, plan, AllRuns(plan, store.Speeds()), store.Find) { Validation = $"{validationBatches} batches of 12 x 64 characters", SecondsAStep = store.Speeds() }.Write();
            WriteLine($"Wrote {report}");
        }
    }

    /// <summary>All runs of the plan, in the order of <see cref="Experiments.All"/>; those of equal time once speeds are known.</summary>
    private static IReadOnlyList<StudyRun> AllRuns(StudyPlan plan, IReadOnlyDictionary<string, double> speeds)
    {
        List<StudyRun> runs = [.. plan.WithoutTime()];
        if (runs.All(run => speeds.ContainsKey(run.SpeedKey)))
            runs.AddRange(plan.OfEqualTime(speeds));
        return [.. runs.OrderBy(run => Experiments.All.ToList().IndexOf(run.Experiment))];
    }

    /// <summary>Seconds a step of every kind of run: those on record, and what is missing measured against <c>residual</c>, under the study's conditions.</summary>
    private async Task<IReadOnlyDictionary<string, double>> Speeds(StudyPlan plan, ResultStore store, CancellationToken stop)
    {
        var speeds = store.Speeds().ToDictionary();
        foreach (var setting in plan.WithoutTime().DistinctBy(run => run.SpeedKey).GroupBy(run => run.Setting))
        {
            StudyRun[] kinds = [.. setting]; // the first is residual
            StudyRun[] missing = [.. kinds.Where(run => !speeds.ContainsKey(run.SpeedKey))];
            if (missing.Length == 0)
                continue;
            Console.WriteLine($"Measuring the speed of {missing.Length} kinds of runs at {setting.Key}");
            var request = new WorkRequest(options.Data, _dataFolder, Measure: true, [.. missing.Prepend(kinds[0]).DistinctBy(run => run.SpeedKey)]);
            Dictionary<string, double>[] measured = await Task.WhenAll(Enumerable.Range(0, options.Workers).Select(_ => WorkerProcess.Ask<Dictionary<string, double>>(request, _ => { }, stop)));
            string reference = kinds[0].SpeedKey;
            double known = speeds.TryGetValue(reference, out double before) ? before : measured.Average(of => of[reference]);
            foreach (StudyRun run in missing)
                speeds[run.SpeedKey] = known * measured.Average(of => of[run.SpeedKey] / of[reference]);
            store.SaveSpeeds(speeds);
        }
        return speeds;
    }

    private async Task Run(StudyRun[] runs, Func<StudyRun, double> seconds, CharacterText text, ResultStore store, CancellationToken stop)
    {
        StudyRun[] open = [.. runs.Where(run => store.Find(run) is null)];
        double total = open.Sum(seconds), done = 0;
        int finished = runs.Length - open.Length;
        Console.WriteLine($"{runs.Length} runs, {finished} of them done. The others take about {Clock(total / options.Workers)} ({options.Workers} at once, one thread each; Ctrl-C stops, the same command goes on).");
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var queue = new Queue<StudyRun>(open);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, options.Workers).Select(_ => Work()));

        async Task Work()
        {
            while (true)
            {
                StudyRun? run;
                lock (_lock)
                {
                    if (!queue.TryDequeue(out run))
                        return;
                }
                RunResult result;
                try
                {
                    result = await WorkerProcess.Ask<RunResult>(new WorkRequest(options.Data, _dataFolder, Measure: false, [run]), step => Show(run, step), failed.Token);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    await failed.CancelAsync(); // the others' too: what is wrong with one is likely wrong with all
                    throw;
                }
                store.Save(result with { Machine = Machine.Describe() });
                lock (_lock)
                {
                    _running.Remove(run.Id);
                    done += seconds(run);
                    double left = (total - done) * (watch.Elapsed.TotalSeconds / done);
                    string outcome = result.Failure is null ? string.Create(CultureInfo.InvariantCulture, $"validation loss {result.ValidationLoss:0.0000}") : "diverged";
                    WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{++finished}/{runs.Length}] {run.Id}: {outcome} after {result.Steps} steps in {result.Seconds:0} s; about {Clock(left)} left"));
                }
            }
        }
    }

    /// <summary>The runs in progress, in the terminal's last line.</summary>
    private void Show(StudyRun run, long step)
    {
        if (Console.IsOutputRedirected || step % 10 != 0)
            return;
        lock (_lock)
        {
            _running[run.Id] = step * 100 / run.Training.Steps;
            string line = string.Join("   ", _running.Select(entry => $"{entry.Key} {entry.Value} %"));
            Console.Write($"\r\u001b[K{line}");
        }
    }

    private static void WriteLine(string line) => Console.WriteLine(Console.IsOutputRedirected ? line : $"\r\u001b[K{line}");

    private static string Clock(double seconds) => seconds < 90 ? $"{seconds:0} s" : $"{seconds / 60:0} min";
}
