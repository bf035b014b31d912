using MhcPipeline.Serve.Tests.Fixtures;
using Xunit;

namespace MhcPipeline.Serve.Tests.Contract;

/// <summary>The official client for JavaScript, with its own helpers for schemas and tools.</summary>
public sealed class NodeClientTests
{
    [NodeFact]
    public async Task Npm_s_openai_gets_what_it_asks_for()
    {
        await using TestServer server = await TestServer.StartAsync(ReplyingModel.WithTools().Engine());
        (int exitCode, string said) = await Task.Run(() => NodeClient.Run("openai.mjs", new Uri(server.Client.BaseAddress!, "v1").ToString()));
        Assert.True(exitCode == 0, said);
    }
}
