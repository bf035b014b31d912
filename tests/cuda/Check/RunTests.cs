using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Cuda.Tests.Host;
using MhcPipeline.GpuCheck.Checks;
using MhcPipeline.GpuCheck.Results;
using MhcPipeline.GpuCheck.Running;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Check;

/// <summary>A whole run: its time, what it leaves behind, what it is asked for.</summary>
public sealed class RunTests
{
    private readonly CheckReport _report = new(FakeDevice.Info, seed: 7, new(2026, 11, 25, 11, 0, 0, TimeSpan.Zero));
    private readonly List<string> _said = [];

    [Fact]
    public void Sections_run_until_time_is_up_and_the_others_are_told()
    {
        var time = new Hand();
        int saved = 0;
        ISection[] sections = [new Section("first", 30, _ => time.Now += TimeSpan.FromSeconds(40)), new Section("second", 100, _ => time.Now += TimeSpan.FromSeconds(30)), new Section("third", 100, _ => { })];
        new CheckRun(sections, _report, () => saved++, _said.Add).Run(new Deadline(time, TimeSpan.FromSeconds(70), CancellationToken.None));

        Assert.Equal(["first (at most 30 s; 70 s are left)", "second (at most 30 s; 30 s are left)"], _said);
        Assert.Equal(["third: no time was left"], _report.Notes);
        Assert.Equal(3, saved); // after each, and at the end
    }

    [Fact]
    public void A_run_that_is_stopped_keeps_what_it_has()
    {
        using CancellationTokenSource stop = new();
        Figure figure = new("s", "n", 1, "ms");
        ISection[] sections = [new Section("first", 30, _ => { _report.Add(figure); stop.Cancel(); }), new Section("second", 30, _ => { })];
        new CheckRun(sections, _report, () => { }, _said.Add).Run(new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1), stop.Token));

        Assert.Equal([figure], _report.Figures);
        Assert.Equal(["second: the run was stopped before"], _report.Notes);
    }

    [Fact]
    public void A_section_that_cannot_be_done_is_a_note_and_the_next_one_runs()
    {
        ISection[] sections = [new Section("first", 30, _ => throw new PipelineException("there is no python3")), new Section("second", 30, report => report.Add(new Verdict("v", 1, 0, [])))];
        new CheckRun(sections, _report, () => { }, _said.Add).Run(new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1), CancellationToken.None));

        Assert.Equal(["first: there is no python3"], _report.Notes);
        Assert.Single(_report.Verdicts);
        Assert.True(_report.Passes);
    }

    [Fact]
    public void The_table_has_targets_notes_failures_and_sums()
    {
        _report.Add(new Figure("site", "forward", 0.5581, "ms"));
        _report.Add(new Figure("site", "of the copy bandwidth", 81.234, "%", Target.Least(80)));
        _report.Add(new Figure("training", "more time", 7.25, "%", Target.Most(6.7)));
        _report.Add(new Verdict("kernels", 2, 1, ["mhc: X' is wrong"]));
        _report.Note("racecheck: no time was left");

        Assert.Equal("""

            site
              forward                0.558 ms
              of the copy bandwidth    81.2 %  target at least 80: met

            training
              more time                7.25 %  target at most 6.7: MISSED

            not done, or to know
              racecheck: no time was left

            kernels FAILED
              mhc: X' is wrong

            kernels: 2 passed, 1 failed, 1 not run
            targets: 1 of 2 met

            """, _report.Table());
    }

    [Fact]
    public void The_file_has_what_ran_where_and_when()
    {
        _report.Add(new Figure("training", "more time", 7.25, "%", Target.Most(6.7)));
        _report.Add(new Figure("site", "share", double.PositiveInfinity, "%"));
        _report.Add(new Verdict("kernels", 2, 1, ["mhc: X' is wrong"]));
        _report.Note("a note");
        string folder = Directory.CreateTempSubdirectory("mhc-gpu-check-").FullName;
        try
        {
            string path = Path.Combine(folder, "gpu-check.json");
            _report.Save(path);
            using var json = JsonDocument.Parse(File.ReadAllText(path));
            JsonElement root = json.RootElement, figure = root.GetProperty("figures")[0], check = root.GetProperty("checks")[0];

            Assert.Equal(("Fake GPU", "9.0", "13.0", 7, "2026-11-25T11:00:00+00:00", false), (
                root.GetProperty("device").GetString(), root.GetProperty("capability").GetString(), root.GetProperty("driver_cuda").GetString(),
                root.GetProperty("seed").GetInt32(), root.GetProperty("date").GetString(), root.GetProperty("passes").GetBoolean()));
            Assert.Equal((7.25, 6.7, false), (figure.GetProperty("value").GetDouble(), figure.GetProperty("at_most").GetDouble(), figure.GetProperty("met").GetBoolean()));
            Assert.Equal(JsonValueKind.Null, root.GetProperty("figures")[1].GetProperty("value").ValueKind);
            Assert.Equal((2, 1, "mhc: X' is wrong"), (check.GetProperty("passed").GetInt32(), check.GetProperty("not_run").GetInt32(), check.GetProperty("failures")[0].GetString()));
            Assert.Equal("a note", root.GetProperty("notes")[0].GetString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(0.00123456, "0.00123")]
    [InlineData(9.876, "9.88")]
    [InlineData(123456.7, "123457")]
    [InlineData(0, "0")]
    [InlineData(-2.5, "-2.5")]
    public void Numbers_have_three_digits_that_count(double value, string expected) => Assert.Equal(expected, Figure.Number(value));

    [Fact]
    public void A_process_tells_its_checks_in_lines()
    {
        List<string> lines = [];
        bool right = CheckLines.Run([new Check("a", []), new Check("b", ["u is wrong", "X' is wrong"]), new Check("c", null)], new HostLauncher(lastFirst: false), new CpuMemory(), 0, 1, lines.Add);

        Assert.False(right);
        Assert.Equal(["right a", "WRONG b: u is wrong; X' is wrong", "WRONG c: the driver refuses"], lines);
    }

    [Fact]
    public void A_command_line_is_read()
    {
        var options = CheckOptions.Parse(["--gpu", "1", "--seed", "-5", "--minutes", "2.5", "--out", "x.json", "--stages", "s", "--short", "--part", "2/4"]);

        Assert.Equal((1, -5, TimeSpan.FromSeconds(150), "x.json", "s", true, (2, 4)), (options.Gpu, options.Seed, options.Time, options.Out, options.Stages, options.Short, options.Part!.Value));
    }

    [Theory]
    [InlineData("--gpus 2", "There is no option --gpus; --help tells which there are.")]
    [InlineData("--gpu", "--gpu needs a value.")]
    [InlineData("--gpu first", "--gpu is first; it must be a whole number.")]
    [InlineData("--minutes 0", "--minutes is 0; it must be a number above 0 and up to 1440.")]
    [InlineData("--part 4/4", "--part is 4/4; it must be a number and how many parts there are, such as 0/4.")]
    public void A_wrong_command_line_is_told(string arguments, string expected) =>
        Assert.Equal(expected, Assert.Throws<PipelineException>(() => CheckOptions.Parse(arguments.Split(' '))).Message);

    private sealed class Section(string name, int seconds, Action<CheckReport> run) : ISection
    {
        public string Name => name;

        public TimeSpan Most => TimeSpan.FromSeconds(seconds);

        public void Run(CheckReport report, Deadline deadline) => run(report);
    }

    /// <summary>Null: it throws.</summary>
    private sealed class Check(string name, IReadOnlyList<string>? wrong) : IKernelCheck
    {
        public string Name => name;

        public bool Short => true;

        public IReadOnlyList<string> Run(Core.Kernels.Cuda.ILauncher launcher, Core.Kernels.Cuda.IDeviceMemory memory, int sharedLimit, int seed) =>
            wrong ?? throw new PipelineException("the driver refuses");
    }

    private sealed class Hand : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
