using MhcPipeline.Engine;
using MhcPipeline.Engine.Answers;
using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Connector.Engines;

/// <summary>What <see cref="EngineTransport"/> needs of an engine.</summary>
internal interface IAnswerEngine : IAsyncDisposable
{
    /// <summary>The model's name.</summary>
    string ModelName { get; }

    /// <summary>Sequences that have a slot, and requests that wait for one.</summary>
    (int Running, int Waiting) Load { get; }

    /// <summary>The engine itself, where there is one.</summary>
    InferenceEngine? Engine { get; }

    /// <summary>Makes a request for the next turn into a text to continue; see <see cref="InferenceEngine.PlanAsync"/>.</summary>
    Task<AnswerPlan> PlanAsync(AnswerRequest request, CancellationToken cancellationToken);

    /// <summary>Token ids of plain text.</summary>
    IReadOnlyList<int> EncodeText(string text);

    /// <summary>The bytes of a token.</summary>
    ReadOnlyMemory<byte> TokenBytes(int token);

    /// <summary>Generates; see <see cref="InferenceEngine.GenerateAsync(GenerationRequest, CancellationToken)"/>.</summary>
    IAsyncEnumerable<GenerationChunk> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken);
}
