using MhcPipeline.Client;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Serve.Tests.Fixtures;

namespace MhcPipeline.Connector.Tests.Fakes;

/// <summary>The real engine with a model that answers as told, and our client of it, in this process or through the real server.</summary>
internal sealed class ServedModel : IAsyncDisposable
{
    private readonly TestServer? _server;
    private readonly List<string> _prompts;

    private ServedModel(MhcChatClient client, InferenceEngine engine, TestServer? server, List<string> prompts)
    {
        Client = client;
        Engine = engine;
        _server = server;
        _prompts = prompts;
    }

    public MhcChatClient Client { get; }

    public InferenceEngine Engine { get; }

    public Uri? Address => _server?.Client.BaseAddress;

    /// <summary>The prompts that were answered, special tokens spelt out, each once in the order of their first answer.</summary>
    public IReadOnlyList<string> Prompts
    {
        get
        {
            lock (_prompts) return [.. _prompts];
        }
    }

    public static Task<ServedModel> StartAsync(bool overHttp, string answer) => StartAsync(overHttp, _ => answer);

    public static async Task<ServedModel> StartAsync(bool overHttp, Func<string, string> reply, EngineOptions? options = null, Action? beforeStep = null, int maxContext = 4096, int slots = 4)
    {
        List<string> prompts = [];
        ReplyingModel model = new(
            prompt =>
            {
                lock (prompts)
                {
                    if (!prompts.Contains(prompt)) prompts.Add(prompt);
                }
                return reply(prompt);
            },
            maxContext,
            slots)
        { BeforeStep = beforeStep ?? (() => { }) };
        InferenceEngine engine = model.Engine((options ?? new EngineOptions()) with { PrefillChunk = 4096 });
        if (!overHttp) return new ServedModel(engine.AsChatClient(), engine, server: null, prompts);
        TestServer server = await TestServer.StartAsync(engine);
        return new ServedModel(new MhcChatClient(server.Client.BaseAddress!, engine.ModelName), engine, server, prompts);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        if (_server is null) await Engine.DisposeAsync();
        else await _server.DisposeAsync();
    }
}
