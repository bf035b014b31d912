using System.Net;
using System.Net.Sockets;
using Xunit;

namespace MhcPipeline.EndToEnd.Tests;

/// <summary>The smoke preset trained, exported and served once for all tests of the collection.</summary>
public sealed class SmokeRun : IAsyncLifetime
{
    private StageProgram? _server;

    /// <summary>The run folder; its name is the model's name.</summary>
    public string Folder { get; } = Path.Combine(Directory.CreateTempSubdirectory("mhc-e2e-").FullName, "smoke");

    /// <summary>The server's address, ending in /.</summary>
    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort()}/");

    public async Task InitializeAsync()
    {
        Run(StageProgram.StartTokenizer("--run", Folder, "--preset", "smoke"));
        Run(StageProgram.StartTrain("--run", Folder, "--preset", "smoke"));
        Run(StageProgram.StartExport("--run", Folder));
        _server = StageProgram.StartServe("--run", Folder, "--port", $"{Address.Port}");
        using var client = new HttpClient { BaseAddress = Address };
        while (!await IsHealthy(client))
        {
            if (_server.HasExited)
                throw new InvalidOperationException($"mhc-serve ended:\n{_server.Output}");
            await Task.Delay(50);
        }
    }

    public Task DisposeAsync()
    {
        _server?.Dispose();
        Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);
        return Task.CompletedTask;
    }

    private static void Run(StageProgram program)
    {
        using (program)
            program.Finish();
    }

    private static async Task<bool> IsHealthy(HttpClient client)
    {
        try
        {
            using HttpResponseMessage response = await client.GetAsync("health");
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false; // not listening yet
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
