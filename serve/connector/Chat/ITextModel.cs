using Microsoft.Extensions.AI;

namespace MhcPipeline.Connector.Chat;

/// <summary>Continues plain text, without the chat template. Both clients can; Semantic Kernel's text generation asks for it.</summary>
internal interface ITextModel
{
    /// <summary>The continuation of <paramref name="prompt"/>, piece by piece, with the same options and endings as a chat answer.</summary>
    IAsyncEnumerable<ChatResponseUpdate> ContinueAsync(string prompt, ChatOptions? options, CancellationToken cancellationToken);
}
