using Xunit;

namespace MhcPipeline.Serve.Tests.Http;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--port", "70000")]
    [InlineData("--port", "many")]
    [InlineData("--threads", "-1")]
    [InlineData("--slots", "0")]
    [InlineData("--prefill-chunk", "0")]
    [InlineData("--unknown", "1")]
    public void Wrong_usage_is_found_before_anything_runs(string option, string value) =>
        Assert.NotEmpty(ServeCommand.Create().Parse([option, value]).Errors);

    [Fact]
    public async Task A_run_that_is_not_there_fails_with_exit_code_1() =>
        Assert.Equal(1, await ServeCommand.Create().Parse(["--run", "/nowhere/at/all"]).InvokeAsync());
}
