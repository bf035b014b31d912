using Xunit;

namespace MhcPipeline.Core.Tests;

public sealed class CommandTextTests
{
    [Fact]
    public void Variables_that_are_not_given_are_left_out() =>
        Assert.Equal("make train RUN=runs/a STEPS=20", CommandText.Make("train", ("RUN", "runs/a"), ("PRESET", null), ("STEPS", 20L)));

    [Theory]
    [InlineData("runs/my run", "RUN='runs/my run'")]
    [InlineData("it's", @"RUN='it'\''s'")]
    [InlineData("a;b&c", "RUN='a;b&c'")]
    [InlineData("a$b", "RUN='a$$b'")]
    [InlineData("", "RUN=''")]
    [InlineData("~/x", "RUN='~/x'")]
    [InlineData("größe", "RUN='größe'")]
    public void A_path_that_a_shell_would_change_is_quoted(string path, string expected) => Assert.Equal($"make export {expected}", CommandText.Make("export", ("RUN", path)));

    [Fact]
    public void A_programs_options_stand_as_they_are_given() =>
        Assert.Equal("mhc-train --run 'a b' --seed 7 --minutes 0.5 --restart", CommandText.Program("mhc-train", ("--run", "a b"), ("--data", null), ("--seed", 7L), ("--minutes", 0.5), ("--resume", false), ("--restart", true)));
}
