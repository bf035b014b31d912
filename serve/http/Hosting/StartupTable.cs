using System.Text.Encodings.Web;
using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Serve.Model;
using Spectre.Console;

namespace MhcPipeline.Serve.Hosting;

/// <summary>What is printed once the server listens.</summary>
internal static class StartupTable
{
    public static void Print(ServedModel model, ServeOptions options, string url)
    {
        ModelConfig config = model.Engine.Config;
        var run = new RunFolder(options.Run);
        (string, string)[] rows =
        [
            ("model", model.Name),
            ("connection", config.Connection == "residual" ? "residual" : $"{config.Connection}, {config.HcMult} streams"),
            ("parameters", Parameters(run)),
            ("context", $"{model.Engine.MaxContext:N0} tokens"),
            ("side by side", $"{options.Slots}, then {options.MaxQueue} waiting"),
            ("runs on", options.Cuda ? "GPU" : options.Threads == 0 ? "CPU" : $"CPU, {options.Threads} threads"),
            ("chat page", url),
            ("API", url + "/v1"),
            ("API description", url + "/openapi/v1.json"),
        ];
        if (Console.IsOutputRedirected)
        {
            foreach ((string name, string value) in rows)
            {
                Console.WriteLine($"{name}: {value}");
            }
        }
        else
        {
            var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("").AddColumn("");
            foreach ((string name, string value) in rows)
            {
                table.AddRow($"[grey]{name}[/]", value.StartsWith("http", StringComparison.Ordinal) ? $"[link]{value}[/]" : value.EscapeMarkup());
            }
            AnsiConsole.Write(table);
        }
        Console.WriteLine($$"""
            Try it:
              curl {{url}}/v1/chat/completions -H 'Content-Type: application/json' -d '{"temperature": 0, "messages": [{"role": "user", "content": {{ShellQuoted(model.Examples[0].Prompt)}}}]}'
            Ctrl-C stops.
            """);
    }

    /// <summary>As a JSON string, inside single quotes of a shell.</summary>
    private static string ShellQuoted(string text) =>
        $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"".Replace("'", "'\\''", StringComparison.Ordinal);

    /// <summary>Counted from the size of the weights, which are float32.</summary>
    private static string Parameters(RunFolder run)
    {
        if (!File.Exists(run.OnnxData))
        {
            return "unknown";
        }
        double count = new FileInfo(run.OnnxData).Length / 4.0;
        return count switch
        {
            >= 1e9 => FormattableString.Invariant($"{count / 1e9:0.0} billion"),
            >= 1e6 => FormattableString.Invariant($"{count / 1e6:0.0} million"),
            _ => FormattableString.Invariant($"{count / 1e3:0.0} thousand"),
        };
    }
}
