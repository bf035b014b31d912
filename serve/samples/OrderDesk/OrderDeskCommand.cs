using System.CommandLine;
using MhcPipeline.Client.Contract;
using MhcPipeline.Core;
using MhcPipeline.Core.Programs;
using Microsoft.SemanticKernel;
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
        Option<string?> question = new("--question") { Description = "Asked about every document; otherwise each kind has a question of its own" };
        RootCommand command = new("Reads incoming orders, invoices and support e-mails: says what each is, extracts its fields, answers a question about it.")
        {
            run, endpoint, input, output, question,
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
                await WorkAsync(result.GetValue(run), result.GetValue(endpoint), result.GetValue(input)!, result.GetValue(output), result.GetValue(question), cancellation);
            }
            catch (MhcServiceException refused)
            {
                throw new PipelineException(refused.Message, refused); // its message is one for the user
            }
        });
        return new PipelineProgram("OrderDesk") { Stopped = "stopped; nothing was written." }.RunAsync(command, args);
    }

    private static async Task WorkAsync(string? run, string? endpoint, string input, string? output, string? question, CancellationToken cancellation)
    {
        var documents = new Inbox(input).Read();
        Kernel kernel = endpoint is null ? DeskKernel.ForRun(run ?? DefaultRun) : await DeskKernel.ForServerAsync(new Uri(endpoint), cancellation);
        await using var services = kernel.Services as IAsyncDisposable;

        Desk desk = new(kernel, question);
        EntryDisplay display = new(AnsiConsole.Console, interactive: !Console.IsOutputRedirected);
        var entries = await display.ReadAllAsync(documents, (file, text) => desk.ReadAsync(file, text, cancellation));
        display.Show(entries);
        if (output is null) return;
        Summary.Write(output, entries);
        display.Plain($"Wrote {output}.");
    }

    private static bool IsWebAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https");
}
