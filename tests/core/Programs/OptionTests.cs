using System.CommandLine;
using MhcPipeline.Core.Programs;
using Xunit;

namespace MhcPipeline.Core.Tests.Programs;

public sealed class OptionTests
{
    private readonly Option<double?> _minutes = NumberOption.Optional("--minutes", "Time", 0.001, 1000.0);
    private readonly Option<int> _port = NumberOption.Of("--port", "Port", 0, 65535, 8080);
    private readonly Option<UnixFileMode> _mode = ChoiceOption.Of("--mode", "Mode", UnixFileMode.UserRead);

    [Theory]
    [InlineData("0,5")]
    [InlineData("1,000")]
    [InlineData("0x10")]
    [InlineData("1 000")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("∞")]
    [InlineData("1e400")]
    [InlineData("1e300")]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("-1")]
    [InlineData("half")]
    [InlineData("")]
    [InlineData("(5)")]
    [InlineData("5€")]
    public void A_number_that_is_none_or_out_of_range_is_refused_with_the_range(string text) =>
        Assert.Equal($"--minutes is '{text}'; it must be a number from 0.001 to 1000.", Assert.Single(Parse("--minutes", text).Errors).Message);

    [Theory]
    [InlineData("0.5", 0.5)]
    [InlineData("1e2", 100)]
    [InlineData("1000", 1000)]
    [InlineData("+3", 3)]
    public void A_number_of_the_range_is_read_with_a_point(string text, double value) => Assert.Equal(value, Parse("--minutes", text).GetValue(_minutes));

    [Theory]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    [InlineData("8,080")]
    [InlineData("80.0")]
    [InlineData("1e3")]
    [InlineData("80 ")]
    public void What_has_to_be_a_whole_number_says_so(string text) =>
        Assert.Equal($"--port is '{text}'; it must be a whole number from 0 to 65535.", Assert.Single(Parse("--port", text).Errors).Message);

    [Fact]
    public void What_is_not_given_has_its_default()
    {
        ParseResult parsed = Parse();
        Assert.Equal((null, 8080, UnixFileMode.UserRead), (parsed.GetValue(_minutes), parsed.GetValue(_port), parsed.GetValue(_mode)));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("256")]
    [InlineData("userread,userwrite")]
    [InlineData("user")]
    [InlineData("")]
    public void A_choice_is_a_name_and_nothing_else(string text) =>
        Assert.StartsWith($"--mode is '{text}'; it must be one of none, otherexecute, ", Assert.Single(Parse("--mode", text).Errors).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("userwrite")]
    [InlineData("UserWrite")]
    public void A_choice_is_read_in_any_case(string text) => Assert.Equal(UnixFileMode.UserWrite, Parse("--mode", text).GetValue(_mode));

    private ParseResult Parse(params string[] args) => new RootCommand { _minutes, _port, _mode }.Parse(args);
}
