using System.Globalization;
using System.Text;
using MhcPipeline.Core;
using MhcPipeline.Study.Plan;
using MhcPipeline.Study.Runs;
using MhcPipeline.Study.Statistics;

namespace MhcPipeline.Study.Report;

/// <summary>Writes study.md and its plots from the results that there are. Every word that judges is computed from them.</summary>
/// <param name="folder">Where study.md and study/ go.</param>
/// <param name="plan">The study.</param>
/// <param name="runs">Its runs.</param>
/// <param name="find">The result of a run, null while there is none.</param>
internal sealed class StudyReport(string folder, StudyPlan plan, IReadOnlyList<StudyRun> runs, Func<StudyRun, RunResult?> find)
{
    /// <summary>The loss that nanoGPT's README promises for its setting after 2,000 steps.</summary>
    private const double NanoGptLoss = 1.88;

    private const string Baseline = "residual", Judged = "mhc";

    private readonly StringBuilder _text = new();
    private readonly Dictionary<StudyRun, RunResult?> _results = runs.ToDictionary(run => run, find);

    /// <summary>How the final validation loss was taken, for the text.</summary>
    public required string Validation { get; init; }

    /// <summary>Seconds a step by <see cref="StudyRun.SpeedKey"/>, as far as they were measured.</summary>
    public required IReadOnlyDictionary<string, double> SecondsAStep { get; init; }

    /// <summary>Writes all files.</summary>
    /// <returns>The path of study.md.</returns>
    /// <exception cref="PipelineException">A file cannot be written.</exception>
    public string Write()
    {
        Head();
        InShort();
        foreach (StudySetting setting in StudySetting.All)
            Setting(setting);
        Starts();
        Optimizers();
        HowItWasMade();
        string path = Path.Combine(folder, "study.md");
        AtomicFile.WriteAllText(path, _text.ToString());
        return path;
    }

    private static string Show(string variant) => variant switch
    {
        Experiments.Widened => "widened residual",
        "hc" => "HC",
        "mhc" => "mHC",
        "mhc_lite" => "mHC-lite",
        _ => variant,
    };

    private void Head()
    {
        int done = _results.Values.Count(result => result is not null);
        Line("# Study: which connection learns best");
        Line();
        Line("<!-- Written by `make study`; changes belong into tests/study. -->");
        Line("Connections compared by the validation loss (nats a character, lower is better) of small language models on tiny Shakespeare,");
        Line("and what mHC's start and the optimizer do to it. All numbers and verdicts below are computed from the runs in [study/results](study/results).");
        Line();
        bool all = done == runs.Count && runs.Any(run => run.Experiment == Experiments.Time);
        if (!all)
        {
            Line($"**Partial: {done} of {runs.Count} runs are done{(runs.Any(run => run.Experiment == Experiments.Time) ? "" : ", and those of equal time not yet planned")}. `make study` goes on.**");
            Line();
        }
        foreach (string machine in _results.Values.OfType<RunResult>().Select(result => result.Machine).Distinct().Order(StringComparer.Ordinal))
            Line($"Machine: {machine}.");
        Line();
    }

    private void InShort()
    {
        Line("## In short");
        Line();
        foreach (StudySetting setting in StudySetting.All)
        {
            foreach (string experiment in new[] { Experiments.Steps, Experiments.Time })
            {
                SeedSample judged = Sample(experiment, setting, Judged);
                var outcomes = plan.Variants.Where(variant => variant != Judged)
                    .Select(variant => (variant, outcome: new Comparison(judged, Sample(experiment, setting, variant)).Outcome))
                    .ToLookup(pair => pair.outcome, pair => Show(pair.variant));
                string summary = string.Join("; ", new[] { (Outcome.Wins, "wins against"), (Outcome.Ties, "ties with"), (Outcome.Loses, "loses to"), (Outcome.Undecided, "not decided against") }
                    .Where(part => outcomes.Contains(part.Item1)).Select(part => $"{part.Item2} {string.Join(", ", outcomes[part.Item1])}"));
                Line($"- {setting.Name} ({setting.Description}), {Title(experiment)}: mHC {(summary.Length > 0 ? summary : "has nothing to be compared with")}.");
            }
        }
        SeedSample residual = Sample(Experiments.Steps, StudySetting.NanoGpt, Baseline);
        if (residual.Count > 0)
        {
            int steps = Results(Experiments.Steps, StudySetting.NanoGpt, Baseline).Max(result => (int)result.Steps);
            Line(string.Create(CultureInfo.InvariantCulture, $"- At nanoGPT's setting `residual` reaches {residual.Mean:0.000} after {steps:#,0} steps, {(residual.Mean <= NanoGptLoss ? "at or under" : "above")} the {NanoGptLoss} that nanoGPT's README promises after 2,000."));
            string best = plan.Variants.Where(variant => Sample(Experiments.Steps, StudySetting.NanoGpt, variant).Count > 0).MinBy(variant => Sample(Experiments.Steps, StudySetting.NanoGpt, variant).Mean)!;
            Line(string.Create(CultureInfo.InvariantCulture, $"- The lowest mean there has {Show(best)}: {Sample(Experiments.Steps, StudySetting.NanoGpt, best).Mean:0.0000}."));
        }
        foreach (StudySetting setting in StudySetting.All)
        {
            if (LargestGain(setting, "hc") is { } hc && LargestGain(setting, Judged) is { } mhc)
                Line($"- Composite gain at {setting.Name}, the largest of all seeds and samples: HC {Gain(hc)}, mHC {Gain(mhc)}.");
        }
        Line();
    }

    private void Setting(StudySetting setting)
    {
        Line($"## {setting.Name}: {setting.Description}");
        Line();
        foreach (string experiment in new[] { Experiments.Steps, Experiments.Time })
        {
            Line($"### {char.ToUpperInvariant(Title(experiment)[0])}{Title(experiment)[1..]}");
            Line();
            Line("| connection | parameters | steps | time a step | validation loss (mean ± deviation) | seeds | largest composite gain |");
            Line("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
            foreach (string variant in plan.Variants)
                Line(Row(experiment, setting, variant));
            Line();
            SeedSample judged = Sample(experiment, setting, Judged);
            foreach (string variant in plan.Variants.Where(variant => variant != Judged))
                Line($"- {Verdict.Sentence("mHC", judged, Show(variant), Sample(experiment, setting, variant))}");
            Line();
            Plot($"loss-{setting.Name}-{experiment}", new SvgDotChart
            {
                Title = $"{setting.Name}, {Title(experiment)}: {setting.Description}",
                XName = "validation loss in nats a character, a dot a seed",
                Rows = [.. plan.Variants.Select(variant => new SvgSeries(Show(variant), Colour(variant), [.. Sample(experiment, setting, variant).Values.Select(loss => (loss, 0.0))]))],
            }.Render(), $"Validation loss of every connection and seed at {setting.Name}, {Title(experiment)}");
        }
        Plot($"curve-{setting.Name}", new SvgLineChart
        {
            Title = "validation loss less that of residual at the same step",
            Lines = [.. plan.Variants.Select(variant => new SvgSeries(Show(variant), Colour(variant), Curve(setting, variant)))],
        }.Render(), $"Validation loss during training at {setting.Name}, relative to residual");
        Plot($"gains-{setting.Name}", new SvgLineChart
        {
            Title = "gain of the product of all sites' residual mixing",
            IsLogarithmic = true,
            Lines = [.. plan.Variants.Select(variant => new SvgSeries(Show(variant), Colour(variant), Gains(setting, variant)))],
        }.Render(), $"Composite gain during training at {setting.Name}");
    }

    private void Starts()
    {
        var groups = runs.Where(run => run.Experiment == Experiments.Start).GroupBy(run => run.Start!).ToArray();
        if (groups.Length == 0)
            return;
        Line("## mHC's start");
        Line();
        Line($"At `deep`, {groups[0].First().Training.Steps} steps, each start differs in one point from the first or from the first with a scale of 1: how far the diagonal of comb stands above the rest, how strongly a site reads its own stream, how unevenly it writes to the streams (with an even read, so that their mean stays the plain residual network), the scale of the dynamic part, and whether its matrix is random or zero.");
        Line();
        Line("| diagonal logit | read logit | post logit | scale | fn | validation loss (mean ± deviation) | seeds |");
        Line("| ---: | ---: | ---: | ---: | --- | ---: | ---: |");
        List<(ConnectionStart Start, SeedSample Sample)> samples = [];
        foreach (var group in groups)
        {
            SeedSample sample = Sample(group);
            samples.Add((group.Key, sample));
            Line(FormattableString.Invariant($"| {group.Key.Diagonal} | {group.Key.Read} | {group.Key.Post} | {group.Key.Scale} | {(group.Key.RandomFn ? "random" : "zero")} | {Loss(sample)} | {Seeds(sample, group.Count())} |"));
        }
        Line();
        foreach ((ConnectionStart start, SeedSample sample) in samples.Skip(1).Where(other => other.Sample.Count > 0))
            Line($"- {Verdict.Sentence(Describe(start), sample, "the first", samples[0].Sample)}");
        Line();

        static string Describe(ConnectionStart start)
        {
            ConnectionStart reference = ConnectionStart.Reference;
            var points = new List<string>();
            if (start.Scale != reference.Scale)
                points.Add(FormattableString.Invariant($"scale {start.Scale}"));
            if (start.Diagonal != reference.Diagonal)
                points.Add(FormattableString.Invariant($"diagonal {start.Diagonal}"));
            if (start.Read != reference.Read)
                points.Add(FormattableString.Invariant($"read {start.Read}"));
            if (start.Post != reference.Post)
                points.Add(FormattableString.Invariant($"post {start.Post}"));
            if (start.RandomFn != reference.RandomFn)
                points.Add("a zero fn");
            string all = string.Join(", ", points);
            return char.ToUpperInvariant(all[0]) + all[1..];
        }
    }

    private void Optimizers()
    {
        var groups = runs.Where(run => run.Experiment == Experiments.Optimizer).GroupBy(run => (run.Connection, run.Training.Optimizer, run.Variant)).ToArray();
        if (groups.Length == 0)
            return;
        Line("## AdamW and Muon");
        Line();
        Line(FormattableString.Invariant($"At `nanogpt`, {groups[0].First().Training.Steps:#,0} steps. With Muon the matrices between hidden layers go by its rate, the rest by AdamW at 0.001."));
        Line();
        Line("| connection | optimizer | highest rate | time a step | validation loss (mean ± deviation) | seeds |");
        Line("| --- | --- | ---: | ---: | ---: | ---: |");
        foreach (var group in groups)
        {
            StudyRun run = group.First();
            bool muon = run.Training.Optimizer == "muon";
            Line(FormattableString.Invariant($"| {Show(run.Connection)} | {(muon ? "Muon" : "AdamW")} | {(muon ? run.Training.MuonLearningRate : run.Training.LearningRate)} | {StepTime(run)} | {Loss(Sample(group))} | {Seeds(Sample(group), group.Count())} |"));
        }
        Line();
        foreach (var connection in groups.GroupBy(group => group.Key.Connection))
            Line($"- {Show(connection.Key)}, each at its best rate: {Verdict.Sentence("Muon", Best("muon", connection.Key), "AdamW", Best("adamw", connection.Key))}");
        Line();

        SeedSample Best(string optimizer, string connection) =>
            groups.Where(group => group.Key.Connection == connection && group.Key.Optimizer == optimizer).Select(group => Sample(group)).OrderBy(sample => double.IsNaN(sample.Mean)).ThenBy(sample => sample.Mean).First();
    }

    private void HowItWasMade()
    {
        Line("## How it was made");
        Line();
        Line($"    curl -LO {CharacterText.Source}");
        Line("    make study DATA=input.txt          # goes on where it was stopped; begin anew by deleting docs/study/results");
        Line("    make study DATA=input.txt REPORT=1 # only this page and its plots");
        Line();
        Line("- Text: tiny Shakespeare, one token a character (65 symbols, and one that ends the text); the first nine tenths to learn from, the last tenth to validate on.");
        Line("- At their best rate, optimizers are compared by the lowest of three means each, which favours neither.");
        Line($"- Final loss: the last weights on the whole validation split ({Validation}). Losses on the way: 20 of these batches, every 250 steps.");
        Line("- All models: the same sublayers, batches of 12 x 64, AdamW (beta2 0.99, weight decay 0.1, clipped at 1), rate 0.001 falling to 0.0001 along a cosine after 100 steps; four streams; no dropout. A seed decides initial values and the order of the data.");
        Line("- `widened residual` has a wider MLP, so that its parameters equal mHC's within 1 %.");
        Line("- Equal time: as many steps as fit into the time that `residual` takes for its own, by speeds measured by turns in one process, the schedule over these steps. Steps instead of a clock: a clock would also count whatever else the machine does.");
        Line("- Every run is a process of its own with one thread, as many at once as there are processors, so results do not depend on their number. Time a step: measured by turns in one process, before the runs, on a quiet machine.");
        Line("- Verdicts: Student's two-sided paired test at 5 %. Runs of one seed see the same data in the same order, so the differences within seeds are compared: a mean of them beyond t s / sqrt(seeds) wins or loses; anything less is a tie. What an unpaired test, t s sqrt(1/n + 1/n) with the pooled spread, would let pass as chance stands in brackets. Two or three seeds show clear differences only, and of dozens of comparisons at 5 % one or two are chance.");
        Line("- Composite gain: the largest absolute row or column sum of the product of all sites' residual mixing (arXiv 2512.24880, section 3), every 50 steps on the first 64 tokens; 1 keeps a signal as it is.");
    }

    private string Row(string experiment, StudySetting setting, string variant)
    {
        IReadOnlyList<RunResult> results = Results(experiment, setting, variant);
        SeedSample sample = Sample(experiment, setting, variant);
        StudyRun[] planned = [.. Planned(experiment, setting, variant)];
        if (results.Count == 0)
            return $"| {Show(variant)} | | | | | 0 of {planned.Length} | |";
        string gain = results.SelectMany(result => result.Gains).Any() ? Gain(results.SelectMany(result => result.Gains).Max(Larger)) : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {Show(variant)} | {results[0].Parameters:#,0} | {results.Max(result => result.Steps):#,0} | {StepTime(planned[0])} | {Loss(sample)} | {Seeds(sample, planned.Length)} | {gain} |");
    }

    private void Plot(string name, string svg, string description)
    {
        AtomicFile.WriteAllText(Path.Combine(folder, "study", name + ".svg"), svg);
        Line($"![{description}](study/{name}.svg)");
        Line();
    }

    /// <summary>The mean over seeds less residual's, where both have a value of the same step.</summary>
    private IReadOnlyList<(double X, double Y)> Curve(StudySetting setting, string variant)
    {
        var residual = MeanBySeed(Results(Experiments.Steps, setting, Baseline), result => result.Curve.Select(point => (point.Step, point.Loss)));
        return [.. MeanBySeed(Results(Experiments.Steps, setting, variant), result => result.Curve.Select(point => (point.Step, point.Loss)))
            .Where(point => residual.ContainsKey(point.Key)).Select(point => ((double)point.Key, point.Value - residual[point.Key]))];
    }

    private IReadOnlyList<(double X, double Y)> Gains(StudySetting setting, string variant) =>
        [.. MeanBySeed(Results(Experiments.Steps, setting, variant), result => result.Gains.Select(point => (point.Step, Larger(point)))).Select(point => ((double)point.Key, point.Value))];

    private static SortedDictionary<long, double> MeanBySeed(IReadOnlyList<RunResult> results, Func<RunResult, IEnumerable<(long Step, double Value)>> points) =>
        new(results.SelectMany(points).GroupBy(point => point.Step).ToDictionary(group => group.Key, group => group.Average(point => point.Value)));

    private double? LargestGain(StudySetting setting, string variant) =>
        Results(Experiments.Steps, setting, variant).SelectMany(result => result.Gains).Select(point => (double?)Larger(point)).Max();

    private static double Larger(GainPoint point) => Math.Max(point.Forward, point.Backward);

    private static string Gain(double value) => value.ToString(value < 100 ? "0.00" : "#,0", CultureInfo.InvariantCulture);

    private static string Title(string experiment) => experiment == Experiments.Steps ? "equal steps" : "equal time";

    /// <summary>Which experiment a row of a table comes from: residual's time is the others' measure.</summary>
    private static string Source(string experiment, string variant) => variant == Baseline ? Experiments.Steps : experiment;

    private IReadOnlyList<RunResult> Results(string experiment, StudySetting setting, string variant) =>
        [.. Planned(experiment, setting, variant).Select(run => _results[run]).OfType<RunResult>()];

    private IEnumerable<StudyRun> Planned(string experiment, StudySetting setting, string variant) =>
        runs.Where(run => run.Experiment == Source(experiment, variant) && run.Setting == setting.Name && run.Variant == variant);

    private string StepTime(StudyRun run) => SecondsAStep.TryGetValue(run.SpeedKey, out double seconds) ? string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0.0} ms") : "";

    private SeedSample Sample(string experiment, StudySetting setting, string variant) => Sample(Planned(experiment, setting, variant));

    private SeedSample Sample(IEnumerable<StudyRun> some)
    {
        (long Seed, RunResult Result)[] done = [.. some.Where(run => _results[run] is not null).Select(run => (run.Seed, _results[run]!))];
        return new(
            done.Where(run => run.Result.Failure is null).ToDictionary(run => run.Seed, run => run.Result.ValidationLoss),
            done.Count(run => run.Result.Failure is not null));
    }

    private static string Loss(SeedSample sample) =>
        sample.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{sample.Mean:0.0000}{(sample.Count > 1 ? $" ± {sample.Deviation:0.0000}" : "")}");

    private static string Seeds(SeedSample sample, int planned) => $"{sample.Count} of {planned}{(sample.Diverged > 0 ? $", {sample.Diverged} diverged" : "")}";

    private int Colour(string variant) => plan.Variants.ToList().IndexOf(variant) % SvgPage.Colours;

    private void Line(string line = "") => _text.Append(line).Append('\n');
}
