using MhcPipeline.Engine;
using MhcPipeline.Engine.Answers;
using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Connector.Engines;

/// <summary>The engine of serve/engine, owned or lent.</summary>
internal sealed class LoadedEngine(InferenceEngine engine, bool owned) : IAnswerEngine
{
    public string ModelName => engine.ModelName;

    public (int Running, int Waiting) Load => (engine.Running, engine.Waiting);

    public InferenceEngine Engine => engine;

    InferenceEngine? IAnswerEngine.Engine => engine;

    public Task<AnswerPlan> PlanAsync(AnswerRequest request, CancellationToken cancellationToken) => engine.PlanAsync(request, cancellationToken);

    public IReadOnlyList<int> EncodeText(string text) => engine.Tokenizer.EncodePrompt(text);

    public ReadOnlyMemory<byte> TokenBytes(int token) => engine.Tokenizer.TokenBytes(token);

    public IAsyncEnumerable<GenerationChunk> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken) =>
        engine.GenerateAsync(request, cancellationToken);

    public ValueTask DisposeAsync() => owned ? engine.DisposeAsync() : ValueTask.CompletedTask;
}
