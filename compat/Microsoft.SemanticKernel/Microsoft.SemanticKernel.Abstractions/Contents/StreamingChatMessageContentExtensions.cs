using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;

namespace Microsoft.SemanticKernel;

[Experimental("SKEXP0001")]
public static class StreamingChatMessageContentExtensions
{
    public static ChatResponseUpdate ToChatResponseUpdate(this StreamingChatMessageContent content)
    {
        ArgumentNullException.ThrowIfNull(content);

        return new ChatResponseUpdate
        {
            Role = content.Role is { } role ? new ChatRole(role.Label) : null,
            AuthorName = content.AuthorName,
            ModelId = content.ModelId,
            RawRepresentation = content.InnerContent,
            AdditionalProperties = content.Metadata is { } metadata ? new AdditionalPropertiesDictionary(metadata) : null,
            Contents = [.. content.Items.OfType<StreamingTextContent>()
                .Select(text => new Microsoft.Extensions.AI.TextContent(text.Text) { RawRepresentation = content })],
        };
    }
}
