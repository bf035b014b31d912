using Xunit;

namespace MhcPipeline.Core.Tests.Kernels;

/// <summary>The kernels where vectors are narrower: AVX2 alone, and 128 bits as ARM's have.</summary>
public sealed class NarrowMachineTests
{
    [Theory]
    [MemberData(nameof(NarrowMachine.All), MemberType = typeof(NarrowMachine))]
    public void All_tests_of_kernels_pass_there_too(int lanes, string withoutThese)
    {
        string here = typeof(NarrowMachineTests).Namespace!, notAgain = $"FullyQualifiedName!~{here}.Guards&FullyQualifiedName!~{nameof(NarrowMachineTests)}";
        ProgramRun run = ProgramRun.Of(["test", typeof(NarrowMachineTests).Assembly.Location, "--filter", $"FullyQualifiedName~{here}&{notAgain}", "-e", $"{withoutThese}=0"]);
        Assert.True(run.ExitCode == 0, $"{lanes} lanes: {string.Join(Environment.NewLine, run.Output)}{run.Errors}");
        Assert.Contains(run.Output, line => line.StartsWith("Passed!", StringComparison.Ordinal));
    }
}
