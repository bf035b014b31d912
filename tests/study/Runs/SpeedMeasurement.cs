using MhcPipeline.Bench;
using MhcPipeline.Bench.Training;
using MhcPipeline.Study.Plan;

namespace MhcPipeline.Study.Runs;

/// <summary>Seconds a step of different runs of one setting, measured by turns.</summary>
internal static class SpeedMeasurement
{
    private const int Turns = 7, MostStepsATurn = 8;

    /// <summary>Measures in this process.</summary>
    /// <param name="runs">One for each <see cref="StudyRun.SpeedKey"/> of a setting.</param>
    /// <param name="vocabulary">Symbols of the text.</param>
    /// <returns>Seconds a step by key: of the first by the median of its turns, of the others by the median of their ratios to it within a turn.</returns>
    public static IReadOnlyDictionary<string, double> Measure(IReadOnlyList<StudyRun> runs, int vocabulary)
    {
        List<ISide> sides = [];
        try
        {
            foreach (StudyRun run in runs)
            {
                var batches = new RandomBatches(run.Training.BatchSize, run.Training.BlockSize, vocabulary);
                sides.Add(new PacedTraining(run.SpeedKey, run.Model.ToConfig(vocabulary, run.Connection), run.Training, batches));
            }
            int steps = Math.Clamp(runs[0].Training.Steps / 100, 1, MostStepsATurn); // a few percent of a run; a trial's are short
            Rounds rounds = Rounds.Run(sides, Turns, steps, warmup: steps);
            string first = rounds.Sides[0];
            return rounds.Sides.ToDictionary(side => side, side => rounds.Ratio(first, side) / rounds.StepsPerSecond(first));
        }
        finally
        {
            foreach (ISide side in sides)
                side.Dispose();
        }
    }
}
