using System.CommandLine;
using MhcPipeline.Core.Programs;
using MhcPipeline.Serve.Hosting;
using MhcPipeline.Serve.Model;

namespace MhcPipeline.Serve;

/// <summary>The command line of mhc-serve.</summary>
internal static class ServeCommand
{
    /// <summary>Runs the program and returns its <see cref="ExitCode"/>; a server that is stopped by a signal has done what it was asked for.</summary>
    public static Task<int> RunAsync(string[] args, TextWriter? errors = null)
    {
        Option<string> run = new("--run") { Description = "The run folder to serve, with its exported model.", DefaultValueFactory = _ => "runs/default" };
        Option<string> host = new("--host") { Description = "The address to listen on; 0.0.0.0 is every network that this machine is in.", DefaultValueFactory = _ => "127.0.0.1" };
        Option<int> port = NumberOption.Of("--port", "The port to listen on; 0 takes a free one.", 0, 65535, 8080);
        Option<int> threads = NumberOption.Of("--threads", "Threads that compute; 0 is one a core, or one alone for a very small model.", 0, 1024, 0);
        Option<int> slots = NumberOption.Of("--slots", "Texts that are generated side by side; each has a key-value cache of its own.", 1, 1024, 8);
        Option<int> maxQueue = NumberOption.Of("--max-queue", "Texts that may wait for a slot; more are refused with status 503.", 0, 1 << 20, 64);
        Option<int> context = NumberOption.Of("--context", "Most tokens of prompt and answer together; 0 is as many as the model was made for.", 0, int.MaxValue, 0);
        Option<int> prefillChunk = NumberOption.Of("--prefill-chunk", "Prompt tokens that are read between two tokens of running texts.", 1, 4096, 128);
        Option<bool> noPrefixCache = new("--no-prefix-cache") { Description = "Compute every prompt from its first token, though another text began alike." };
        Option<bool> cuda = new("--cuda") { Description = "Compute on an NVIDIA GPU." };
        var command = new RootCommand("Serves an exported run: an OpenAI-compatible API, and a page to chat with the model.") { run, host, port, threads, slots, maxQueue, context, prefillChunk, noPrefixCache, cuda };
        command.SetAction((parsed, _) => ServeAsync(new ServeOptions
        {
            Run = parsed.GetValue(run)!,
            Host = parsed.GetValue(host)!,
            Port = parsed.GetValue(port),
            Threads = parsed.GetValue(threads),
            Slots = parsed.GetValue(slots),
            MaxQueue = parsed.GetValue(maxQueue),
            Context = parsed.GetValue(context),
            PrefillChunk = parsed.GetValue(prefillChunk),
            PrefixCache = !parsed.GetValue(noPrefixCache),
            Cuda = parsed.GetValue(cuda),
        }));
        return new PipelineProgram("mhc-serve") { StopsBySignal = false, Errors = errors ?? Console.Error }.RunAsync(command, args);
    }

    private static async Task ServeAsync(ServeOptions options)
    {
        ServedModel model = ServerApplication.LoadModel(options);
        await using (model.Engine)
        {
            await using WebApplication app = ServerApplication.Build(model, options);
            string url = await ServerApplication.StartAsync(app, options);
            StartupTable.Print(model, options, url);
            await app.WaitForShutdownAsync();
        }
        Console.WriteLine("Stopped.");
    }
}
