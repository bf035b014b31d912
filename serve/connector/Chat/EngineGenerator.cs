using MhcPipeline.Core.Text;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Connector.Chat;

/// <summary>The engine of serve/engine, owned or lent.</summary>
internal sealed class EngineGenerator(InferenceEngine engine, bool owned) : ITokenGenerator
{
    public string ModelName => engine.ModelName;

    public IReadOnlyList<int> EncodeChat(IReadOnlyList<ChatTurn> turns) => engine.Tokenizer.EncodeChat(turns, addGenerationPrompt: true);

    public IReadOnlyList<int> EncodeText(string text) => engine.Tokenizer.EncodePrompt(text);

    public IAsyncEnumerable<GenerationChunk> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken) =>
        engine.GenerateAsync(request, cancellationToken);

    public ValueTask DisposeAsync() => owned ? engine.DisposeAsync() : ValueTask.CompletedTask;
}
