using MhcPipeline.Core.Text;

namespace MhcPipeline.Data.Records;

/// <summary>Plain text: <c>text</c>.</summary>
internal sealed class TextShape : IRecordShape
{
    public IReadOnlyList<string> Key { get; } = ["text"];

    public IReadOnlyList<string> Others { get; } = [];

    public TextItem? Read(Fields record) => record.Text("text") is { Length: > 0 } text ? new TextItem { Text = text, Origin = record.Place.Origin } : null;
}
