using Microsoft.Extensions.AI;

namespace MhcPipeline.Connector.Chat;

/// <summary>Makes the updates of one answer, which share model, identifiers and time.</summary>
internal sealed class AnswerUpdates(string model, string id, DateTimeOffset created)
{
    public ChatResponseUpdate Text(string text) => With(new ChatResponseUpdate(ChatRole.Assistant, text));

    /// <summary>The last update: why the answer ended and how many tokens it took.</summary>
    public ChatResponseUpdate End(ChatFinishReason reason, long promptTokens, long cachedTokens, long generatedTokens)
    {
        UsageDetails usage = new()
        {
            InputTokenCount = promptTokens,
            CachedInputTokenCount = cachedTokens,
            OutputTokenCount = generatedTokens,
            TotalTokenCount = promptTokens + generatedTokens,
        };
        var update = With(new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(usage)]));
        update.FinishReason = reason;
        return update;
    }

    public ChatResponseUpdate With(ChatResponseUpdate update)
    {
        update.ModelId = model;
        update.ResponseId = id;
        update.MessageId = id;
        update.CreatedAt = created;
        return update;
    }
}
