using System.Text.Json.Serialization;

namespace MhcPipeline.Core.Text;

/// <summary>One message of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c>, or another word such as <c>tool</c>.</param>
/// <param name="Content">What was said; calls of tools stand in it as <see cref="ToolText"/> writes them.</param>
public sealed record ChatTurn(string Role, string Content)
{
    /// <summary>False if training must not learn to say this turn, whatever its role: it is there to be answered, or is a bad example.</summary>
    [JsonIgnore] // no part of a message
    public bool IsLearnt { get; init; } = true;
}
