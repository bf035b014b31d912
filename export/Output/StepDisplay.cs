using System.Diagnostics;
using Spectre.Console;

namespace MhcPipeline.Export.Output;

/// <summary>Shows the steps of an export: with a spinner and bars on a terminal, as plain lines elsewhere.</summary>
internal sealed class StepDisplay(IAnsiConsole console, bool interactive)
{
    private const int LinesOfProgress = 10;

    /// <summary>Shows one step while it runs, and then what it says of itself, with its time.</summary>
    public T Step<T>(string name, Func<(T Result, string Detail)> work)
    {
        long start = Stopwatch.GetTimestamp();
        (T result, string detail) = interactive ? console.Status().Start(Markup.Escape(name), _ => work()) : work();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Line(FormattableString.Invariant($"{name,-10} {detail} ({seconds:0.0} s)"));
        return result;
    }

    /// <summary>Shows how far work of <paramref name="total"/> parts is; <paramref name="work"/> calls its argument after each, one call at a time.</summary>
    public async Task ProgressAsync(string name, int total, Func<Action, Task> work)
    {
        if (interactive)
        {
            await console.Progress().AutoClear(true).StartAsync(async context =>
            {
                ProgressTask bar = context.AddTask(Markup.Escape(name), maxValue: total);
                await work(() => bar.Increment(1));
            });
            return;
        }
        int done = 0;
        await work(() =>
        {
            done++;
            if (done * LinesOfProgress / total > (done - 1) * LinesOfProgress / total)
                Line($"{name,-10} {done} of {total}");
        });
    }

    /// <summary>One line, in full width, whatever it contains.</summary>
    public void Line(string text)
    {
        if (interactive)
            console.WriteLine(text);
        else
            console.Profile.Out.Writer.WriteLine(text);
    }

    /// <summary>A table: framed on a terminal, plain columns elsewhere.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        Table table = new Table().Border(interactive ? TableBorder.Rounded : TableBorder.None);
        for (int column = 0; column < columns.Count; column++)
            table.AddColumn(new TableColumn(Markup.Escape(columns[column])) { NoWrap = column == 0 }); // names stay whole on a narrow terminal
        foreach (IReadOnlyList<string> row in rows)
            table.AddRow([.. row.Select(cell => Markup.Escape(cell))]);
        console.Write(table);
    }
}
