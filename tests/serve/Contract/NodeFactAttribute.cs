using Xunit;

namespace MhcPipeline.Serve.Tests.Contract;

/// <summary>A test that runs Node.js; skipped, with the reason, where it or the packages cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute()
    {
        if (NodeClient.Lacks is { } reason)
            Skip = reason;
    }
}
