using Xunit;

namespace MhcPipeline.EndToEnd.Tests;

/// <summary>A test that interrupts a program as Ctrl-C does: skipped on Windows, where one process cannot do that to another alone.</summary>
internal sealed class InterruptFactAttribute : FactAttribute
{
    public InterruptFactAttribute()
    {
        if (OperatingSystem.IsWindows())
            Skip = "Windows sends Ctrl-C to all processes of a console, this test's own included";
    }
}
