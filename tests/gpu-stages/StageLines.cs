using System.Text.Json.Nodes;

namespace MhcPipeline.GpuCheck.Stages;

/// <summary>Figures and notes as lines of JSON, as mhc-gpu-check reads them.</summary>
/// <param name="say">Takes a line.</param>
internal sealed class StageLines(Action<string> say)
{
    /// <summary>A figure.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="value">The median of several.</param>
    /// <param name="unit">Of value and targets.</param>
    /// <param name="atMost">What it should not exceed, if anything.</param>
    /// <param name="atLeast">What it should reach, if anything.</param>
    public void Figure(string name, double value, string unit, double? atMost = null, double? atLeast = null)
    {
        JsonObject line = new() { ["name"] = name, ["value"] = value, ["unit"] = unit };
        if (atMost is { } most)
            line["at_most"] = most;
        if (atLeast is { } least)
            line["at_least"] = least;
        say(line.ToJsonString());
    }

    /// <summary>What was not done, and why.</summary>
    public void Note(string text) => say(new JsonObject { ["note"] = text }.ToJsonString());
}
