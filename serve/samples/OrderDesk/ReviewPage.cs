using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using MhcPipeline.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrderDesk;

/// <summary>A page on this machine alone, on which a person confirms or corrects the values that wait.</summary>
public sealed class ReviewPage : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DeskStore _store;
    private readonly Lock _turn = new();

    // Another site's page can post to this address, but it does not know this word.
    private readonly string _word = RandomNumberGenerator.GetHexString(32);

    private ReviewPage(DeskStore store, int port)
    {
        _store = store;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddRoutingCore();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        _app = builder.Build();
        _app.MapGet("/", () => Results.Content(Html(), "text/html; charset=utf-8"));
        _app.MapPost("/", (Delegate)DecideAsync);
    }

    /// <summary>Where it is.</summary>
    public string Address => _app.Urls.First();

    /// <summary>Opens the page.</summary>
    /// <param name="store">Has the values.</param>
    /// <param name="port">The port on 127.0.0.1; 0 takes a free one.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="PipelineException">The port is taken.</exception>
    public static async Task<ReviewPage> StartAsync(DeskStore store, int port, CancellationToken cancellationToken = default)
    {
        ReviewPage page = new(store, port);
        try
        {
            await page._app.StartAsync(cancellationToken);
            return page;
        }
        catch (IOException taken)
        {
            await page.DisposeAsync();
            throw new PipelineException($"The page cannot be opened on port {port}: {taken.Message} --page takes another one.", taken);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> DecideAsync(HttpContext context)
    {
        IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (form["word"] != _word) return Results.Text("Open the page anew.", statusCode: StatusCodes.Status403Forbidden);
        if (!long.TryParse(form["id"], NumberStyles.None, CultureInfo.InvariantCulture, out long id) || string.IsNullOrWhiteSpace(form["value"]))
            return Results.Text("A value is needed.", statusCode: StatusCodes.Status400BadRequest);
        lock (_turn) _store.Decide(id, form["value"].ToString().Trim());
        return Results.LocalRedirect("/");
    }

    private string Html()
    {
        IReadOnlyList<Waiting> waiting;
        lock (_turn) waiting = _store.Waiting();
        StringBuilder html = new(
            """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Order desk</title>
            <style>body{font:16px system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}pre{background:#eee;color:#111;padding:.6rem;white-space:pre-wrap}form{margin:.4rem 0}label{display:inline-block;min-width:16rem}</style>
            <h1>Order desk</h1>
            """);
        html.Append(CultureInfo.InvariantCulture, $"<p>{waiting.Count} values wait for a person.</p>");
        foreach (IGrouping<string, Waiting> document in waiting.GroupBy(value => value.File))
        {
            html.Append(CultureInfo.InvariantCulture, $"<h2>{Text(document.Key)}</h2><pre>{Text(document.First().Text)}</pre>");
            foreach (Waiting value in document)
            {
                html.Append(
                    CultureInfo.InvariantCulture,
                    $"""<form method="post"><input type="hidden" name="word" value="{_word}"><input type="hidden" name="id" value="{value.Id}"><label for="v{value.Id}">{Text(value.Name)} ({Text(value.Reason)})</label> <input id="v{value.Id}" name="value" value="{Text(value.Value)}" required> <button>Right</button></form>""");
            }
        }
        return html.ToString();
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
