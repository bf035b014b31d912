using MhcPipeline.GpuCheck.Running;

namespace MhcPipeline.Cuda.Tests.Check;

/// <summary>Programs that stand in for others: lines of the shell.</summary>
internal static class Shell
{
    /// <summary>Arguments behind it are $1, $2.</summary>
    public static Command Script(string script) => new("/bin/sh", "-c", script, "script");
}
