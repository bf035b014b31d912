using MhcPipeline.Client;
using MhcPipeline.Connector.Engines;
using MhcPipeline.Engine;

namespace MhcPipeline.Connector;

/// <summary>Chats with an engine of this process.</summary>
public static class InferenceEngineExtensions
{
    /// <summary>A client of this engine: <c>InferenceEngine.Load("runs/default").AsChatClient(ownsEngine: true)</c>.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="ownsEngine">Whether disposing the client disposes the engine.</param>
    /// <returns>The same client as for a server, with another way to the model; it gives out the engine by <c>GetService</c>.</returns>
    public static MhcChatClient AsChatClient(this InferenceEngine engine, bool ownsEngine = false)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return new MhcChatClient(new EngineTransport(engine, ownsEngine));
    }
}
