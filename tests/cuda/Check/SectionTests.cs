using System.Diagnostics;
using MhcPipeline.Core;
using MhcPipeline.GpuCheck.Checks;
using MhcPipeline.GpuCheck.Figures;
using MhcPipeline.GpuCheck.Results;
using MhcPipeline.GpuCheck.Running;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Check;

/// <summary>Sections that other processes work for, which the shell stands in for.</summary>
public sealed class SectionTests
{
    private readonly CheckReport _report = new(FakeDevice.Info, seed: 1, DateTimeOffset.UnixEpoch);
    private readonly Deadline _deadline = new(TimeProvider.System, TimeSpan.FromMinutes(5), CancellationToken.None);
    private readonly List<string> _said = [];

    [Fact]
    public void What_several_processes_find_is_one_verdict()
    {
        Run(5, Shell.Script("echo 'right a'; echo 'right b'"), Shell.Script("echo 'right c'; echo 'WRONG d: X is wrong by 1'; exit 1"));

        Verdict verdict = Assert.Single(_report.Verdicts);
        Assert.Equal((3, 1), (verdict.Passed, verdict.NotRun));
        Assert.Equal(["d: X is wrong by 1"], verdict.Failures);
        Assert.False(_report.Passes);
    }

    [Fact]
    public void A_process_that_breaks_is_a_failure_with_what_it_said()
    {
        Run(2, Shell.Script("echo 'right a'; echo 'segmentation fault' >&2; exit 139"));

        Assert.Contains("ended with exit code 139: segmentation fault", Assert.Single(Assert.Single(_report.Verdicts).Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_is_not_there_is_a_failure()
    {
        Run(1, new Command("/no/such/program"));

        Assert.Contains("/no/such/program cannot be started", Assert.Single(Assert.Single(_report.Verdicts).Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Checks_that_there_is_no_time_for_are_counted_and_their_process_is_ended()
    {
        var clock = Stopwatch.StartNew();
        new CheckSection("kernels", [Shell.Script("echo 'right a'; exec sleep 100")], 3, TimeSpan.FromSeconds(1), _said.Add).Run(_report, _deadline.Within(TimeSpan.FromSeconds(1)));

        Verdict verdict = Assert.Single(_report.Verdicts);
        Assert.Equal((1, 2, 0), (verdict.Passed, verdict.NotRun, verdict.Failures.Count));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_sanitizer_is_given_its_tool_and_the_program_and_what_it_finds_is_a_failure()
    {
        Command sanitizer = Shell.Script("echo \"got $*\"; echo '========= Invalid __global__ write of size 4 bytes'; exit 86");
        new SanitizerSection("memcheck", sanitizer, new Command("mhc-gpu-check", "--short"), 1, TimeSpan.FromMinutes(1), _said.Add).Run(_report, _deadline);

        string failure = Assert.Single(Assert.Single(_report.Verdicts).Failures);
        Assert.Contains("got --tool memcheck --error-exitcode 86 mhc-gpu-check --short", failure, StringComparison.Ordinal);
        Assert.Contains("Invalid __global__ write", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_sanitizer_there_is_no_verdict() =>
        Assert.Contains("compute-sanitizer", Assert.Throws<PipelineException>(() =>
            new SanitizerSection("racecheck", null, new Command("x"), 1, TimeSpan.FromMinutes(1), _said.Add).Run(_report, _deadline)).Message, StringComparison.Ordinal);

    [Fact]
    public void Peers_take_turns_with_ours_and_their_times_are_told_as_multiples()
    {
        // eager takes 10 and 30 ms; compile fails in its second turn; one is not installed; libraries print what they like.
        Command peers = Shell.Script("""
            echo '{"peer": "pytorch eager"}'; echo 'a warning'; echo '{"peer": "pytorch compile"}'; echo '{"peer": "liger_kernel", "failure": "not installed"}'; echo '{"peer": "", "done": true}'
            turn=0
            while read peer; do
              if [ "$peer" = 'pytorch compile' ]; then
                turn=$((turn + 1))
                if [ $turn = 2 ]; then echo '{"peer": "pytorch compile", "failure": "does not run here: out of memory"}'; continue; fi
              fi
              echo "{\"peer\": \"$peer\", \"forward_ms\": 10, \"backward_ms\": 30}"
            done
            """);
        // Three kernels forward; as many as there are backward: both passes together take 1 ms a launch.
        FakeDevice device = new() { Kernel = (_, _) => 1 };
        new PeerSection(device.Gpu, peers, 4096, 2560).Run(_report, _deadline);

        double Value(string name) => Assert.Single(_report.Figures, figure => figure.Name == name).Value;
        double ours = Value("ours, forward") + Value("ours, backward");
        Assert.Equal(3, Value("ours, forward"));
        Assert.Equal(40 / ours, Value("pytorch eager over ours, forward and backward"), 9);
        Assert.Equal(40 / ours, Value("pytorch compile over ours, forward and backward"), 9);
        Assert.Equal(["liger_kernel: not installed", "pytorch compile: does not run here: out of memory"], _report.Notes);
        Assert.Equal(0, device.Taken);
    }

    [Fact]
    public void Peers_that_cannot_run_leave_a_note()
    {
        new PeerSection(new FakeDevice().Gpu, Shell.Script("""echo '{"peer": "pytorch", "failure": "python3 cannot import torch"}'; echo '{"peer": "", "done": true}'"""), 64, 64).Run(_report, _deadline);

        Assert.Equal(["pytorch: python3 cannot import torch"], _report.Notes);
        Assert.Empty(_report.Figures);
    }

    [Fact]
    public void A_python_that_breaks_leaves_what_it_said()
    {
        new PeerSection(new FakeDevice().Gpu, Shell.Script("echo 'no such module' >&2; exit 1"), 64, 64).Run(_report, _deadline);

        Assert.Equal(["others: python3 ended: no such module"], _report.Notes);
    }

    [PythonFact]
    public void The_script_of_peers_says_why_it_has_none()
    {
        new PeerSection(new FakeDevice().Gpu, PeerSection.Python(), 64, 64).Run(_report, _deadline);

        Assert.Matches("^pytorch: (python3 cannot import torch|this torch finds no CUDA device)$", Assert.Single(_report.Notes));
    }

    [Fact]
    public void Figures_and_notes_of_a_stage_are_read_from_its_lines()
    {
        Command stage = Shell.Script("""
            echo "loading"
            echo '{"name": "C 2560: more time a step", "value": 5.5, "unit": "%", "at_most": 6.7}'
            echo '{"name": "C 2560: speed", "value": 1000, "unit": "tokens/s"}'
            echo '{"note": "no utilisation"}'
            """);
        new StageSection("training", stage, TimeSpan.FromMinutes(1), _said.Add).Run(_report, _deadline);

        Assert.Equal([new("training", "C 2560: more time a step", 5.5, "%", Target.Most(6.7)), new("training", "C 2560: speed", 1000, "tokens/s")], _report.Figures);
        Assert.Equal(["training: no utilisation"], _report.Notes);
        Assert.Equal(["  loading"], _said);
    }

    [Fact]
    public void A_stage_that_breaks_leaves_a_note_and_the_figures_before()
    {
        new StageSection("training", Shell.Script("""echo '{"name": "speed", "value": 1, "unit": "tokens/s"}'; echo 'out of memory' >&2; exit 1"""), TimeSpan.FromMinutes(1), _said.Add).Run(_report, _deadline);

        Assert.Single(_report.Figures);
        Assert.Contains("ended with exit code 1: out of memory", Assert.Single(_report.Notes), StringComparison.Ordinal);
    }

    private void Run(int count, params Command[] processes) => new CheckSection("kernels", processes, count, TimeSpan.FromMinutes(1), _said.Add).Run(_report, _deadline);
}
