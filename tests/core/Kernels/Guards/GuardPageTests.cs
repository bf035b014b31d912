using System.Globalization;
using MhcPipeline.Core.Kernels.Simd;
using Xunit;

namespace MhcPipeline.Core.Tests.Kernels.Guards;

/// <summary>No kernel and no operator reads or writes past its buffers, whatever the sizes, nor depends on what was in memory before.</summary>
public sealed class GuardPageTests
{
    [Fact]
    public void Kernels_and_operators_stay_within_buffers_that_lie_beside_unmapped_pages() => Stay(Machine.Lanes, Machine.Lanes);

    [Theory]
    [MemberData(nameof(NarrowMachine.All), MemberType = typeof(NarrowMachine))]
    public void They_do_on_narrower_machines(int lanes, string withoutThese) => Stay(lanes, lanes, withoutThese);

    [Fact]
    public void They_do_without_vectors() => Stay(1, Machine.Lanes);

    [Theory]
    [InlineData("past-end", "buffers that end at an unmapped page")]
    [InlineData("before-start", "buffers that begin behind an unmapped page")]
    public void A_kernel_that_leaves_its_buffer_ends_the_process_and_is_named(string group, string where)
    {
        ProgramRun swept = Sweep(group, Machine.Lanes);
        Assert.NotEqual(0, swept.ExitCode);
        Assert.EndsWith(where, swept.Output[^1]);
        Assert.Contains("GradientKernel", swept.Errors); // the runtime writes the stack
    }

    private static void Stay(int lanes, int widest, string? withoutThese = null)
    {
        ProgramRun swept = Sweep("kernels", lanes, withoutThese);
        string last = swept.Output[^1];
        Assert.True(swept.ExitCode == 0, $"exit code {swept.ExitCode}; {string.Join(Environment.NewLine, [.. swept.Output.Where(line => line.StartsWith(GuardSweep.Different, StringComparison.Ordinal)).Take(20), last, swept.Errors])}");
        Assert.EndsWith($" cases, {lanes} lanes of {widest}", last);
    }

    private static ProgramRun Sweep(string group, int lanes, string? withoutThese = null) =>
        ProgramRun.Of([typeof(GuardSweep).Assembly.Location, group, lanes.ToString(CultureInfo.InvariantCulture)], withoutThese);
}
