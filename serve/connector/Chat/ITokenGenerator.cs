using MhcPipeline.Core.Text;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Connector.Chat;

/// <summary>What <see cref="MhcChatClient"/> needs of an engine.</summary>
internal interface ITokenGenerator : IAsyncDisposable
{
    /// <summary>The model's name.</summary>
    string ModelName { get; }

    /// <summary>Token ids of a conversation, up to where the assistant's answer begins.</summary>
    IReadOnlyList<int> EncodeChat(IReadOnlyList<ChatTurn> turns);

    /// <summary>Token ids of plain text.</summary>
    IReadOnlyList<int> EncodeText(string text);

    /// <summary>Generates; see <see cref="InferenceEngine.GenerateAsync(GenerationRequest, CancellationToken)"/>.</summary>
    IAsyncEnumerable<GenerationChunk> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken);
}
