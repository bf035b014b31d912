using MhcPipeline.Core;

namespace MhcPipeline.Data.Records;

/// <summary>Where in the data a value stands: what an error names.</summary>
/// <param name="Origin"><c>file:line</c> of the record.</param>
/// <param name="Field">The path inside the record, such as <c>messages[3].content</c>; empty for the record itself.</param>
/// <param name="Unread">Gets the fields that nobody asks for.</param>
internal readonly record struct Place(string Origin, string Field, UnreadFields Unread)
{
    internal Place Of(string field) => this with { Field = Field.Length == 0 ? field : $"{Field}.{field}" };

    internal Place Item(int index) => this with { Field = $"{Field}[{index}]" };

    internal PipelineException Error(string what) => new($"{Origin}: `{Field}` {what}");
}
