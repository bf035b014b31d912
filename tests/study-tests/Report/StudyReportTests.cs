using System.Xml.Linq;
using MhcPipeline.Study.Plan;
using MhcPipeline.Study.Report;
using MhcPipeline.Study.Runs;
using Xunit;

namespace MhcPipeline.Study.Tests.Report;

public sealed class StudyReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_lower_loss_of_mhc_reads_as_a_win() =>
        Assert.Contains("mHC wins against residual", Write(run => Loss(run, mhc: 1.6)), StringComparison.Ordinal);

    [Fact]
    public void A_higher_loss_of_mhc_reads_as_a_loss() =>
        Assert.Contains("mHC loses to residual", Write(run => Loss(run, mhc: 1.9)), StringComparison.Ordinal);

    [Fact]
    public void Equal_losses_read_as_a_tie() =>
        Assert.Contains("mHC ties with residual", Write(run => Loss(run, mhc: 1.8)), StringComparison.Ordinal);

    [Theory]
    [InlineData(1.8, "at or under the 1.88")]
    [InlineData(1.9, "above the 1.88")]
    public void The_residual_network_is_held_against_nanoGPTs_promise(double residual, string expected) =>
        Assert.Contains(expected, Write(run => residual + (run.Seed * 0.001)), StringComparison.Ordinal);

    [Fact]
    public void A_study_that_is_not_finished_says_so() =>
        Assert.Contains("**Partial: 2 of ", Write(run => run is { Experiment: Experiments.Steps, Setting: "deep", Seed: 1, Variant: "mhc" or "hc" } ? 1.7 : null), StringComparison.Ordinal);

    [Fact]
    public void A_finished_study_does_not() =>
        Assert.DoesNotContain("Partial", Write(run => Loss(run, mhc: 1.6)), StringComparison.Ordinal);

    [Fact]
    public void Without_any_result_it_is_written_all_the_same() =>
        Assert.Contains("0 of 3", Write(_ => null), StringComparison.Ordinal);

    [Fact]
    public void The_gains_of_hc_and_mhc_stand_side_by_side() =>
        Assert.Contains("HC 3,000, mHC 1.60", Write(run => Loss(run, mhc: 1.6)), StringComparison.Ordinal);

    [Fact]
    public void Every_plot_that_the_page_shows_is_a_well_formed_drawing()
    {
        string text = Write(run => Loss(run, mhc: 1.6));
        string[] plots = [.. text.Split("](study/").Skip(1).Select(rest => rest[..rest.IndexOf(')', StringComparison.Ordinal)]).Where(name => name.EndsWith(".svg", StringComparison.Ordinal))];
        Assert.Equal(8, plots.Length);
        Assert.All(plots, plot => Assert.Equal("svg", XDocument.Load(Path.Combine(_folder.Path, "study", plot)).Root!.Name.LocalName));
    }

    private static double? Loss(StudyRun run, double mhc) => (run.Connection == "mhc" ? mhc : 1.8) + (run.Seed * 0.001);

    private string Write(Func<StudyRun, double?> loss)
    {
        StudyPlan plan = SmallStudy.Plan();
        StudyRun[] runs = [.. plan.WithoutTime(), .. plan.OfEqualTime(SmallStudy.Speeds(plan, _ => 1))];
        RunResult? Find(StudyRun run) => loss(run) is { } value ? SmallStudy.Result(run, value, gain: run.Connection == "hc" ? 3000 : 1.6) : null;
        return File.ReadAllText(new StudyReport(_folder.Path, plan, runs, Find) { Validation = "all of it", SecondsAStep = new Dictionary<string, double>() }.Write());
    }
}
