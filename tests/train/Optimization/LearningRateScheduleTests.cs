using MhcPipeline.Core.Presets;
using MhcPipeline.Train.Optimization;
using Xunit;

namespace MhcPipeline.Train.Tests.Optimization;

public sealed class LearningRateScheduleTests
{
    private static readonly TrainingSettings _cosine = new()
    {
        Steps = 1000,
        BatchSize = 1,
        BlockSize = 8,
        LearningRate = 1e-3,
        MinLearningRate = 1e-4,
        WarmupSteps = 100,
    };

    private static readonly TrainingSettings _wsd = _cosine with { Schedule = "wsd", DecayFraction = 0.25, MinLearningRate = 0 };

    [Theory]
    [InlineData(0, 1e-3 / 101)]
    [InlineData(99, 1e-3 * 100 / 101)]
    [InlineData(100, 1e-3)]
    [InlineData(550, 5.5e-4)]
    [InlineData(1000, 1e-4)]
    public void Cosine_rises_falls_and_ends_at_the_floor(long step, double expected) =>
        Assert.Equal(expected, new LearningRateSchedule(_cosine, 1000).At(step, step / 1000.0), 1e-9);

    [Theory]
    [InlineData(100, 1e-3)]
    [InlineData(750, 1e-3)]
    [InlineData(875, 5e-4)]
    [InlineData(1000, 0)]
    public void Wsd_is_flat_until_its_last_part_and_then_falls_straight(long step, double expected) =>
        Assert.Equal(expected, new LearningRateSchedule(_wsd, 1000).At(step, step / 1000.0), 1e-9);

    [Theory]
    [InlineData("cosine", 100, 100)] // as long as the run
    [InlineData("cosine", 100, 10)]
    [InlineData("wsd", 100, 10)]
    [InlineData("cosine", 5, 1)]
    public void A_warm_up_that_the_run_does_not_outlast_still_rises(string schedule, int warmup, int steps)
    {
        var rates = new LearningRateSchedule(_cosine with { Schedule = schedule, WarmupSteps = warmup, DecayFraction = 0.01, MinLearningRate = 0 }, steps);
        for (int step = 0; step < steps; step++)
            Assert.Equal(1e-3 * (step + 1) / (warmup + 1), rates.At(step, (double)step / steps), 1e-12);
        Assert.Equal(1e-3 * steps / (warmup + 1), rates.Highest, 1e-12);
    }

    [Fact]
    public void The_highest_rate_of_a_run_that_outlasts_its_warm_up_is_the_settings() =>
        Assert.Equal(1e-3, new LearningRateSchedule(_cosine, 101).Highest);

    [Theory]
    [InlineData("cosine", 1e-4)]
    [InlineData("wsd", 1e-4)]
    public void A_run_that_time_ends_early_has_finished_its_decay(string schedule, double expected) =>
        Assert.Equal(expected, new LearningRateSchedule(_cosine with { Schedule = schedule }, 1000).At(step: 300, progress: 1), 1e-9);

    [Fact]
    public void The_rate_is_positive_and_never_above_its_peak_in_short_runs()
    {
        var schedule = new LearningRateSchedule(_cosine, steps: 10); // shorter than its warm-up
        Assert.All(Enumerable.Range(0, 10), step => Assert.InRange(schedule.At(step, step / 10.0), 1e-9, 1e-3));
    }

    [Fact]
    public void Progress_is_whichever_of_steps_and_time_is_further()
    {
        var progress = new TrainingProgress(100, TimeSpan.FromMinutes(10));
        Assert.Equal(0.5, progress.At(50, TimeSpan.FromMinutes(1)));
        Assert.Equal(0.8, progress.At(50, TimeSpan.FromMinutes(8)));
        Assert.Equal(1, progress.At(50, TimeSpan.FromMinutes(11)));
        Assert.Equal(0.5, new TrainingProgress(100, null).At(50, TimeSpan.FromDays(1)));
    }
}
