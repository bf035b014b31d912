using System.CommandLine;
using MhcPipeline.Core;
using MhcPipeline.Serve.Hosting;
using MhcPipeline.Serve.Model;

namespace MhcPipeline.Serve;

/// <summary>The command line of mhc-serve.</summary>
internal static class ServeCommand
{
    public static RootCommand Create()
    {
        Option<string> run = new("--run") { Description = "The run folder to serve, with its exported model.", DefaultValueFactory = _ => "runs/default" };
        Option<string> host = new("--host") { Description = "The address to listen on; 0.0.0.0 is every network that this machine is in.", DefaultValueFactory = _ => "127.0.0.1" };
        Option<int> port = new("--port") { Description = "The port to listen on; 0 takes a free one.", DefaultValueFactory = _ => 8080 };
        Option<int> threads = new("--threads") { Description = "Threads that compute; 0 is one a core, or one alone for a very small model.", DefaultValueFactory = _ => 0 };
        Option<int> slots = new("--slots") { Description = "Texts that are generated side by side; each has a key-value cache of its own.", DefaultValueFactory = _ => 8 };
        Option<int> maxQueue = new("--max-queue") { Description = "Texts that may wait for a slot; more are refused with status 503.", DefaultValueFactory = _ => 64 };
        Option<int> context = new("--context") { Description = "Most tokens of prompt and answer together; 0 is as many as the model was made for.", DefaultValueFactory = _ => 0 };
        Option<int> prefillChunk = new("--prefill-chunk") { Description = "Prompt tokens that are read between two tokens of running texts.", DefaultValueFactory = _ => 128 };
        Option<bool> noPrefixCache = new("--no-prefix-cache") { Description = "Compute every prompt from its first token, though another text began alike." };
        Option<bool> cuda = new("--cuda") { Description = "Compute on an NVIDIA GPU." };
        RequireRange(port, 0, 65535);
        RequireRange(threads, 0, 1024);
        RequireRange(slots, 1, 1024);
        RequireRange(maxQueue, 0, 1 << 20);
        RequireRange(context, 0, int.MaxValue);
        RequireRange(prefillChunk, 1, 4096);
        var command = new RootCommand("Serves an exported run: an OpenAI-compatible API, and a page to chat with the model.") { run, host, port, threads, slots, maxQueue, context, prefillChunk, noPrefixCache, cuda };
        command.SetAction((parsed, ct) => RunAsync(new ServeOptions
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
        return command;
    }

    private static async Task<int> RunAsync(ServeOptions options)
    {
        try
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
            return 0;
        }
        catch (PipelineException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    private static void RequireRange(Option<int> option, int least, int most) => option.Validators.Add(result =>
    {
        if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int value) && (value < least || value > most))
        {
            result.AddError($"{option.Name} is {value}; it must be from {least} to {most}.");
        }
    });
}
