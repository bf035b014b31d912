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

    /// <summary>All entries, and how many a person has to look at.</summary>
    public void Show(IReadOnlyList<DeskEntry> entries)
    {
        if (interactive) console.Write(Table(entries));
        else foreach (var entry in entries) Plain($"{entry.File}: {entry.Label ?? "?"}; {FieldsOf(entry)}; {AnswerOf(entry)}");
        int problems = entries.Count(entry => entry.Problem is not null);
        Plain($"{entries.Count} documents read, {problems} to look at.");
    }

    /// <summary>A line of text, as it is.</summary>
    public void Plain(string line) => console.Profile.Out.Writer.WriteLine(line);

    private static Table Table(IReadOnlyList<DeskEntry> entries)
    {
        var table = new Table().RoundedBorder().AddColumns("Document", "Label", "Fields", "Question and answer");
        foreach (var entry in entries)
            table.AddRow(new Text(entry.File), new Text(entry.Label ?? "?"), new Text(FieldsOf(entry)), new Text(AnswerOf(entry)));
        return table;
    }

    private static string FieldsOf(DeskEntry entry) => string.Join(", ", entry.Fields.Select(field => $"{field.Key} {field.Value}"));

    private static string AnswerOf(DeskEntry entry) => entry.Problem is null ? $"{entry.Question} {entry.Answer}" : $"To look at: {entry.Problem}";
}
