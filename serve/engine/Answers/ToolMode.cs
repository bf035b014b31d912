namespace MhcPipeline.Engine.Answers;

/// <summary>Whether an answer may or must call tools.</summary>
public enum ToolMode
{
    /// <summary>No calls.</summary>
    None,

    /// <summary>Text, calls, or both.</summary>
    Auto,

    /// <summary>Calls only, at least one.</summary>
    Required,
}
