using Spectre.Console;

namespace OrderDesk;

/// <summary>Shows entries: a table on a terminal, one plain line each where the output goes to a file or another program.</summary>
/// <param name="console">Where to.</param>
/// <param name="interactive">Whether that is a terminal.</param>
internal sealed class EntryDisplay(IAnsiConsole console, bool interactive)
{
    /// <summary>Runs the work, showing which document is being read.</summary>
    public async Task<IReadOnlyList<DeskEntry>> ReadAllAsync(IReadOnlyList<(string File, string Text)> documents, Func<string, string, Task<DeskEntry>> read)
    {
        List<DeskEntry> entries = [];
        if (interactive)
            await console.Status().StartAsync("Loading the model", async status => await ReadAsync(file => status.Status(Markup.Escape($"Reading {file}"))));
        else
            await ReadAsync(_ => { });
        return entries;

        async Task ReadAsync(Action<string> announce)
        {
            foreach (var (file, text) in documents)
            {
                announce(file);
                entries.Add(await read(file, text));
            }
        }
    }

    /// <summary>All entries, how long they took, and how many were read right where that is known.</summary>
    public void Show(IReadOnlyList<DeskEntry> entries, Accuracy? accuracy)
    {
        if (interactive) console.Write(Table(entries));
        else foreach (var entry in entries) Plain($"{entry.File}: {entry.Label}; {FieldsOf(entry)}{(entry.Doubts.Count == 0 ? "" : $"; to look at: {Summary.DoubtsOf(entry)}")}");
        Plain(FormattableString.Invariant($"{entries.Count} documents, {entries.Average(entry => entry.Time.TotalSeconds):0.00} s each; {entries.Sum(entry => entry.Doubts.Count)} values wait for a person."));
        if (accuracy is { } known)
            Plain(FormattableString.Invariant($"{known.Right} of {known.All} values are right ({100.0 * known.Right / known.All:0.0} %); of the {known.All - known.Right} wrong ones {known.Unnoticed} were not doubted."));
    }

    /// <summary>A line of text, as it is.</summary>
    public void Plain(string line) => console.Profile.Out.Writer.WriteLine(line);

    private static Table Table(IReadOnlyList<DeskEntry> entries)
    {
        var table = new Table().RoundedBorder().AddColumns("Document", "Label", "Fields", "To look at");
        foreach (var entry in entries)
            table.AddRow(new Text(entry.File), new Text(entry.Label), new Text(FieldsOf(entry)), new Text(Summary.DoubtsOf(entry)));
        return table;
    }

    private static string FieldsOf(DeskEntry entry) => string.Join(", ", entry.Record.Select(field => $"{field.Key} {field.Value}"));
}
