using System.Text.Json;
using MhcPipeline.Core.Text;

namespace MhcPipeline.Data.Records;

/// <summary>
/// Alpaca's records: <c>instruction</c> and, after a blank line, <c>input</c> are the user's turn, <c>output</c> is the assistant's.
/// <c>history</c> holds earlier pairs of them.
/// </summary>
internal sealed class InstructionShape : IRecordShape
{
    public IReadOnlyList<string> Key { get; } = ["instruction", "output"];

    public IReadOnlyList<string> Others { get; } = ["input", "history", .. Conversation.Fields];

    public TextItem? Read(Fields record)
    {
        List<ChatTurn> turns = record.Take("history") is { } history ? History(history, record.Place.Of("history")) : [];
        string instruction = record.Text("instruction")!, input = record.Text("input") ?? "";
        turns.Add(new ChatTurn("user", instruction.Length > 0 && input.Length > 0 ? $"{instruction}\n\n{input}" : instruction + input));
        turns.Add(new ChatTurn("assistant", record.Text("output")!));
        return Conversation.Item(record, turns);
    }

    private static List<ChatTurn> History(JsonElement history, Place place)
    {
        if (history.ValueKind != JsonValueKind.Array)
            throw place.Error($"is {JsonKind.Name(history)}; it must be a list of pairs [question, answer].");
        List<ChatTurn> turns = [];
        foreach (JsonElement pair in history.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2 || pair.EnumerateArray().Any(text => text.ValueKind != JsonValueKind.String))
                throw place.Item(turns.Count / 2).Error("must be a pair of strings, [question, answer].");
            turns.Add(new ChatTurn("user", pair[0].GetString()!));
            turns.Add(new ChatTurn("assistant", pair[1].GetString()!));
        }
        return turns;
    }
}
