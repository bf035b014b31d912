using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;

namespace Microsoft.SemanticKernel;

[Experimental("SKEXP0001")]
public static class ChatMessageContentExtensions
{
    public static ChatMessage ToChatMessage(this ChatMessageContent content)
    {
        ArgumentNullException.ThrowIfNull(content);

        ChatMessage message = new()
        {
            Role = content.Role.Label is { } label ? new ChatRole(label) : ChatRole.User,
            AuthorName = content.AuthorName,
            RawRepresentation = content.InnerContent,
            AdditionalProperties = ToProperties(content.Metadata),
        };
        foreach (var text in content.Items.OfType<TextContent>())
        {
            message.Contents.Add(new Microsoft.Extensions.AI.TextContent(text.Text)
            {
                RawRepresentation = text.InnerContent,
                AdditionalProperties = ToProperties(text.Metadata),
            });
        }

        return message;
    }

    private static AdditionalPropertiesDictionary? ToProperties(IReadOnlyDictionary<string, object?>? metadata) =>
        metadata is null ? null : new AdditionalPropertiesDictionary(metadata);
}
