using System.ComponentModel;

namespace MhcPipeline.Serve.Api;

/// <summary>A tool that a client offers.</summary>
public sealed record ChatTool
{
    /// <summary>Only function.</summary>
    [Description("Only \"function\".")]
    public string? Type { get; init; }

    /// <summary>The function.</summary>
    public ToolFunction? Function { get; init; }
}
