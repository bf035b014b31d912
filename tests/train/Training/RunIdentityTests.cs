using MhcPipeline.Train.Training;
using Xunit;

namespace MhcPipeline.Train.Tests.Training;

public sealed class RunIdentityTests
{
    private static readonly RunIdentity _begun = new("default", "{}", "mhc", "f00", "a.txt", 1);

    [Fact]
    public void The_same_settings_do_not_differ() => Assert.Null(_begun.DifferenceTo(_begun with { }));

    public static TheoryData<RunIdentity, string> Differences => new()
    {
        { _begun with { Connection = "residual" }, "connection mhc, now residual" },
        { _begun with { Preset = "smoke" }, "preset default, now smoke" },
        { _begun with { PresetJson = "{ }" }, "preset default as it was then; it has changed since" },
        { _begun with { Seed = 2 }, "seed 1, now 2" },
        { _begun with { Data = "bar", DataPath = "b.txt" }, "data a.txt, now b.txt" },
        { _begun with { Data = "bar" }, "data a.txt as it was then; it, or the tokenizer, has changed since" },
    };

    [Theory]
    [MemberData(nameof(Differences))]
    public void A_difference_is_named_with_both_values(RunIdentity now, string expected) => Assert.Equal(expected, _begun.DifferenceTo(now));
}
