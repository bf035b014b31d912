using MhcPipeline.Core.Text;
using Microsoft.Extensions.AI;

namespace MhcPipeline.Connector.Chat;

/// <summary>Chat messages as the turns that the model was trained on.</summary>
internal static class Conversation
{
    /// <summary>The turns, with the options' instructions in front as a system turn.</summary>
    /// <exception cref="ArgumentException">There is no message.</exception>
    /// <exception cref="NotSupportedException">A message is from a tool, or has content other than text.</exception>
    public static IReadOnlyList<ChatTurn> ToTurns(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        List<ChatTurn> turns = [.. messages.Select(ToTurn)];
        if (turns.Count == 0) throw new ArgumentException("A conversation needs at least one message.", nameof(messages));
        if (!string.IsNullOrEmpty(options?.Instructions)) turns.Insert(0, new ChatTurn("system", options.Instructions));
        return turns;
    }

    private static ChatTurn ToTurn(ChatMessage message)
    {
        foreach (var content in message.Contents)
        {
            if (content is not (TextContent or TextReasoningContent or UsageContent))
                throw new NotSupportedException($"A message has {content.GetType().Name}, but this model reads text only.");
        }

        return new ChatTurn(RoleOf(message.Role), message.Text);
    }

    private static string RoleOf(ChatRole role) => role.Value.ToLowerInvariant() switch
    {
        "system" or "developer" => "system",
        "user" => "user",
        "assistant" => "assistant",
        var other => throw new NotSupportedException($"A message has the role '{other}'; this model knows system, user and assistant."),
    };
}
