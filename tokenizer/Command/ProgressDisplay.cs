using MhcPipeline.Tokenization.Training;
using Spectre.Console;

namespace MhcPipeline.Tokenization.Command;

/// <summary>Shows progress: bars on a terminal, else a line for every quarter.</summary>
/// <param name="writer">Where lines go.</param>
/// <param name="terminal">The terminal for bars; null if there is none.</param>
internal sealed class ProgressDisplay(TextWriter writer, IAnsiConsole? terminal)
{
    public void Line(string text) => writer.WriteLine(text);

    /// <summary>Runs a training and shows how far it is.</summary>
    public T Show<T>(TrainingTexts texts, Func<Action<TrainingProgress>, T> train) =>
        terminal is null ? ShowLines(texts, train) : ShowBars(terminal, texts, train);

    private T ShowLines<T>(TrainingTexts texts, Func<Action<TrainingProgress>, T> train)
    {
        string stage = "";
        int quarter = 0;
        return train(progress =>
        {
            if (progress.Stage != stage)
            {
                (stage, quarter) = (progress.Stage, 0);
                writer.WriteLine(stage);
            }
            int reached = (int)(4 * Share(texts, progress));
            if (reached <= quarter || reached == 4)
                return;
            quarter = reached;
            writer.WriteLine($"{stage}: {quarter * 25}%");
        });
    }

    private static T ShowBars<T>(IAnsiConsole terminal, TrainingTexts texts, Func<Action<TrainingProgress>, T> train) => terminal.Progress()
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .Start(context =>
        {
            ProgressTask? bar = null;
            T result = train(progress =>
            {
                if (bar?.Description != progress.Stage)
                {
                    Finish(bar);
                    bar = context.AddTask(progress.Stage);
                }
                bar.Value = 100 * Share(texts, progress);
            });
            Finish(bar);
            return result;
        });

    private static void Finish(ProgressTask? bar) => bar?.Increment(100);

    /// <summary>The trainer does not know how long the text is; its source does.</summary>
    private static double Share(TrainingTexts texts, TrainingProgress progress) => progress.Total > 0
        ? (double)progress.Done / progress.Total
        : texts.Total > 0 ? (double)texts.Done / texts.Total : 0;
}
