using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using MhcPipeline.Core;

namespace MhcPipeline.Bench;

/// <summary>Wall time and peak memory of each stage of the smoke run, as a user would start them.</summary>
internal sealed class PipelineBenchmark : IBenchmark
{
    private const int ChatRequests = 5;

    public string Name => "pipeline";

    public string Description => "time and memory of each stage of the smoke run";

    public BenchReport Run()
    {
        var report = new BenchReport(Name);
        string run = Directory.CreateTempSubdirectory("mhc-bench-").FullName;
        try
        {
            Stage(report, "tokenizer", "MhcPipeline.Tokenizer", "mhc-tokenizer", ["--run", run, "--preset", "smoke"]);
            Stage(report, "train", "MhcPipeline.Train", "mhc-train", ["--run", run, "--preset", "smoke"]);
            Stage(report, "export", "MhcPipeline.Export", "mhc-export", ["--run", run]);
            Serve(report, run).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(run, recursive: true);
        }
        double total = report.Results.Where(r => r.Metric == "wall time").Sum(r => r.Value);
        report.Add("all stages", "wall time", total, "s");
        foreach (BenchResult stage in report.Results.Where(r => r.Metric == "wall time" && r.Case != "all stages").ToArray())
            report.Ratios[$"share_of_time.{stage.Case}"] = stage.Value / total;
        return report;
    }

    private static void Stage(BenchReport report, string stage, string project, string program, string[] arguments)
    {
        using var measured = MeasuredProcess.Start(Repository.Program(project, program), arguments);
        measured.Wait();
        if (measured.ExitCode != 0)
            throw new PipelineException($"{program} {string.Join(' ', arguments)} ended with exit code {measured.ExitCode}:\n{measured.Output}");
        report.Add(stage, "wall time", measured.Elapsed.TotalSeconds, "s");
        report.Add(stage, "peak memory", measured.PeakBytes / 1e6, "MB");
    }

    private static async Task Serve(BenchReport report, string run)
    {
        int port = FreePort();
        using var measured = MeasuredProcess.Start(Repository.Program("MhcPipeline.Serve", "mhc-serve"), ["--run", run, "--port", $"{port}"]);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await WaitUntilHealthy(client, measured);
        report.Add("serve", "time to healthy", measured.Elapsed.TotalSeconds, "s");

        var times = new List<double>();
        int tokens = 0;
        for (int i = 0; i < ChatRequests; i++)
        {
            var watch = Stopwatch.StartNew();
            using HttpResponseMessage response = await client.PostAsJsonAsync("/v1/completions", new { prompt = "Order", max_tokens = 64, temperature = 0 });
            JsonElement body = await response.Content.ReadFromJsonAsync<JsonElement>();
            if (!response.IsSuccessStatusCode)
                throw new PipelineException($"The server answered {(int)response.StatusCode}: {body}");
            times.Add(watch.Elapsed.TotalSeconds);
            tokens = body.GetProperty("usage").GetProperty("completion_tokens").GetInt32();
        }
        times.Sort();
        report.Add("serve", "median completion", times[times.Count / 2] * 1000, "ms");
        report.Add("serve", "completion tokens", tokens, "tokens");
        report.Add("serve", "peak memory", measured.PeakBytes / 1e6, "MB");
        measured.Stop();
    }

    private static async Task WaitUntilHealthy(HttpClient client, MeasuredProcess server)
    {
        while (true)
        {
            if (server.HasExited)
                throw new PipelineException($"mhc-serve ended with exit code {server.ExitCode}:\n{server.Output}");
            if (server.Elapsed > TimeSpan.FromMinutes(1))
                throw new PipelineException($"mhc-serve was not healthy within a minute:\n{server.Output}");
            try
            {
                using HttpResponseMessage response = await client.GetAsync("/health");
                if (response.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }
            await Task.Delay(20);
        }
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
