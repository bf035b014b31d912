using MhcPipeline.Core.Text;

namespace MhcPipeline.Data.Records;

/// <summary>A conversation as a list of turns: OpenAI's <c>messages</c>, ShareGPT's <c>conversations</c>.</summary>
/// <param name="list">The field that holds the list.</param>
internal sealed class TurnsShape(string list) : IRecordShape
{
    public IReadOnlyList<string> Key { get; } = [list];

    public IReadOnlyList<string> Others { get; } = Conversation.Fields;

    public TextItem? Read(Fields record) => Conversation.Item(record, Turns.Read(record.Take(list)!.Value, record.Place.Of(list)));
}
