using System.CommandLine;
using MhcPipeline.Client;
using MhcPipeline.Client.Contract;
using MhcPipeline.Connector;
using MhcPipeline.Connector.Documents;
using MhcPipeline.Core;
using MhcPipeline.Core.Programs;
using MhcPipeline.Engine;
using Microsoft.Data.Sqlite;
using Spectre.Console;

namespace OrderDesk;

/// <summary>The command line of OrderDesk.</summary>
internal static class OrderDeskCommand
{
    private const string DefaultRun = "runs/default";

    /// <summary>Runs the program and returns its <see cref="ExitCode"/>.</summary>
    public static Task<int> RunAsync(string[] args)
    {
        Option<string?> run = new("--run") { Description = $"The run folder whose model answers, in this process ({DefaultRun} unless --endpoint is given)" };
        Option<string?> endpoint = new("--endpoint") { Description = "The server whose model answers instead, such as http://127.0.0.1:8080" };
        Option<string> input = new("--input") { Description = "The folder with the documents, one .txt file each", DefaultValueFactory = _ => Inbox.Samples };
        Option<string?> output = new("--output") { Description = "Where to write the summary: a .csv or .json file" };
        Option<string> database = new("--database") { Description = "The SQLite file for the records and the catalogue; :memory: keeps nothing", DefaultValueFactory = _ => "orderdesk.db" };
        Option<int?> page = new("--page") { Description = "Then opens a page for the doubtful values on this port of 127.0.0.1 (0 takes a free one), until Ctrl+C" };
        RootCommand command = new("Reads incoming orders, invoices and support e-mails into records, and asks a person where it is in doubt.")
        {
            run, endpoint, input, output, database, page,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(run) is not null && result.GetValue(endpoint) is not null) result.AddError("Give --run or --endpoint, not both.");
            if (result.GetValue(endpoint) is { } address && !IsWebAddress(address)) result.AddError($"--endpoint is '{address}'; it must be an address such as http://127.0.0.1:8080.");
            if (result.GetValue(output) is { } file && !Summary.CanWrite(file)) result.AddError($"--output is '{file}'; it must end in .csv or .json.");
        });
        command.SetAction(async (result, cancellation) =>
        {
            try
            {
                await using MhcChatClient client = result.GetValue(endpoint) is { } address
                    ? await MhcChatClient.ConnectAsync(new Uri(address), cancellationToken: cancellation)
                    : InferenceEngine.Load(result.GetValue(run) ?? DefaultRun).AsChatClient(ownsEngine: true);
                using DeskStore store = Open(result.GetValue(database)!);
                await WorkAsync(client, store, result.GetValue(input)!, result.GetValue(output), cancellation);
                if (result.GetValue(page) is { } port) await WaitForPersonAsync(store, port, cancellation);
            }
            catch (MhcServiceException refused)
            {
                throw new PipelineException(refused.Message, refused); // its message is one for the user
            }
        });
        return new PipelineProgram("OrderDesk") { Stopped = "stopped; nothing was written." }.RunAsync(command, args);
    }

    private static async Task WorkAsync(MhcChatClient client, DeskStore store, string input, string? output, CancellationToken cancellation)
    {
        var documents = new Inbox(input).Read();
        Desk desk = new(new DocumentReader(client), store);
        EntryDisplay display = new(AnsiConsole.Console, interactive: !Console.IsOutputRedirected);
        var entries = await display.ReadAllAsync(documents, async (file, text) =>
        {
            DeskEntry entry = await desk.ReadAsync(file, text, cancellation);
            store.Record(entry, text);
            return entry;
        });
        display.Show(entries, Accuracy.Of(input, entries));
        if (output is null) return;
        Summary.Write(output, entries);
        display.Plain($"Wrote {output}.");
    }

    private static async Task WaitForPersonAsync(DeskStore store, int port, CancellationToken cancellation)
    {
        await using ReviewPage page = await ReviewPage.StartAsync(store, port, cancellation);
        await Console.Out.WriteLineAsync($"The doubtful values wait at {page.Address}; Ctrl+C ends.");
        await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static DeskStore Open(string database)
    {
        try
        {
            return new DeskStore(database);
        }
        catch (SqliteException wrong)
        {
            throw new PipelineException($"{database} cannot be opened as a database: {wrong.Message} --database names another file.", wrong);
        }
    }

    private static bool IsWebAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https");
}
