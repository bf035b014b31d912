using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Connector;

/// <summary>Which exported run answers in this process, and how. Bound from a configuration section of these names, and validated when the application starts.</summary>
public sealed class MhcRunOptions
{
    /// <summary>The run's folder, such as <c>runs/default</c>. Required.</summary>
    public string? RunFolder { get; set; }

    /// <summary>Threads, slots, queue and context.</summary>
    public EngineOptions Engine { get; set; } = new();
}
