using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Text;

namespace MhcPipeline.Data.Records;

/// <summary>What conversations of every shape may say beside their turns: a system prompt, tools, media.</summary>
internal static class Conversation
{
    private static readonly string[] _media = ["images", "image", "videos", "video", "audios", "audio"];

    /// <summary>The fields that are read or refused here.</summary>
    internal static IReadOnlyList<string> Fields { get; } = ["system", "tools", "functions", .. _media];

    /// <summary>The conversation of a record's turns and what stands beside them.</summary>
    /// <exception cref="PipelineException">There are two system prompts, media, or tools that are no list of objects.</exception>
    internal static TextItem Item(Fields record, IReadOnlyList<ChatTurn> turns)
    {
        foreach (string name in _media)
        {
            if (record.Take(name) is { } media && !JsonKind.IsEmpty(media))
                throw record.Place.Of(name).Error("holds what is not text; only text is learnt. Leave the record out.");
        }
        string? system = record.Text("system");
        JsonElement[] tools = [.. Tools(record, "tools"), .. Tools(record, "functions")];
        bool begins = turns is [{ Role: "system" }, ..];
        if (!string.IsNullOrEmpty(system) && begins)
            throw record.Place.Of("system").Error("stands beside a first turn of role system. Leave one of them out.");
        if (!string.IsNullOrEmpty(system) || (tools.Length > 0 && !begins))
            turns = [new ChatTurn("system", system ?? ""), .. turns];
        if (tools.Length > 0)
            turns = [turns[0] with { Content = ToolText.Offer(turns[0].Content, tools) }, .. turns.Skip(1)];
        return new TextItem { Messages = turns, Origin = record.Place.Origin };
    }

    /// <summary>A list of objects, or a string that holds one.</summary>
    private static List<JsonElement> Tools(Fields record, string name)
    {
        if (record.Take(name) is not { } value || JsonKind.IsEmpty(value))
            return [];
        JsonElement list = value.ValueKind == JsonValueKind.String ? Turns.Parse(value.GetString()!, record.Place.Of(name)) : value;
        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(tool => tool.ValueKind != JsonValueKind.Object))
            throw record.Place.Of(name).Error("must be a list of objects, one a tool.");
        return [.. list.EnumerateArray()];
    }
}
