using MhcPipeline.Core.Programs;
using Xunit;

namespace MhcPipeline.Serve.Tests.Http;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--port", "70000")]
    [InlineData("--port", "many")]
    [InlineData("--port", "8,080")]
    [InlineData("--threads", "-1")]
    [InlineData("--slots", "0")]
    [InlineData("--prefill-chunk", "0")]
    [InlineData("--run", "")]
    [InlineData("--host", " ")]
    [InlineData("--unknown", "1")]
    public async Task Wrong_usage_is_found_before_anything_runs(string option, string value)
    {
        using var errors = new StringWriter();
        Assert.Equal(ExitCode.WrongUsage, await ServeCommand.RunAsync(["--run", "/nowhere/at/all", option, value], errors));
        Assert.Contains(option, errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_not_there_fails_with_exit_code_1() =>
        Assert.Equal(ExitCode.Failed, await ServeCommand.RunAsync(["--run", "/nowhere/at/all"]));
}
