using System.Text.Json;
using MhcPipeline.Core.Text;

namespace MhcPipeline.Data.Records;

/// <summary>
/// <c>prompt</c> and <c>completion</c>, each a string (a user's turn, an assistant's turn) or a list of turns. Only the completion is learnt.
/// </summary>
internal sealed class PromptShape : IRecordShape
{
    public IReadOnlyList<string> Key { get; } = ["prompt", "completion"];

    public IReadOnlyList<string> Others { get; } = ["label", .. Conversation.Fields];

    public TextItem? Read(Fields record)
    {
        if (record.Take("label") is { ValueKind: JsonValueKind.False })
            throw record.Place.Of("label").Error("is false: the completion is a bad example, and there is no learning from those here. Leave the record out.");
        List<ChatTurn> prompt = Part(record, "prompt", "user"), completion = Part(record, "completion", "assistant");
        return Conversation.Item(record, [.. prompt.Select(turn => turn with { IsLearnt = false }), .. completion]);
    }

    private static List<ChatTurn> Part(Fields record, string name, string role)
    {
        JsonElement part = record.Take(name)!.Value;
        return part.ValueKind == JsonValueKind.Array ? Turns.Read(part, record.Place.Of(name)) : [new ChatTurn(role, record.Text(name)!)];
    }
}
