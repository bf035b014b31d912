using System.Text;
using MhcPipeline.Client.Contract;
using MhcPipeline.Connector.Documents;
using Xunit;

namespace MhcPipeline.Connector.Tests.Documents;

public sealed class AnswerValueTests
{
    [Fact]
    public void Each_value_has_its_pointer_and_its_place_in_bytes()
    {
        byte[] json = Encoding.UTF8.GetBytes("""{"ä":"é","a/b~":[1,{"c":true},[null]],"d":-2.50}""");
        Assert.Equal(
            [("/ä", "é"), ("/a~1b~0/0", "1"), ("/a~1b~0/1/c", "true"), ("/a~1b~0/2/0", "null"), ("/d", "-2.50")],
            AnswerValue.Read(json).Select(value => (value.Path, Encoding.UTF8.GetString(json[value.Start..value.End]))));
    }

    [Theory]
    [InlineData("""{"ä":1.0,"b":-0,"c":[1e2,2.50],"d":"1.0","e":-7}""", """{"ä":1,"b":0,"c":[100,2.50],"d":"1.0","e":-7}""")]
    [InlineData("1e400", "1e400")] // beyond all numbers of .NET
    public void Whole_numbers_can_be_spelt_as_digits_alone(string json, string plain) => Assert.Equal(plain, PlainNumbers.Of(json));

    [Fact]
    public void A_single_value_has_the_empty_pointer() => Assert.Equal(("", 0, 2), AnswerValue.Read("12"u8) is [var only] ? (only.Path, only.Start, only.End) : default);

    private static TokenLogProbability Token(string text, double probability) => new(text, Math.Log(probability)) { Bytes = [.. Encoding.UTF8.GetBytes(text).Select(value => (int)value)] };

    [Fact]
    public void A_values_probability_is_that_of_its_tokens_with_the_one_that_ends_it()
    {
        TokenSpans tokens = new("{\"a\":12}"u8, [Token("{\"a", 0.1), Token("\":", 0.1), Token("1", 0.5), Token("2", 0.5), Token("}", 0.25)]);
        Assert.Equal(0.0625, tokens.Probability(5, 7)!.Value, 6);
    }

    [Fact]
    public void Tokens_of_another_text_say_nothing()
    {
        Assert.Null(new TokenSpans("12"u8, [Token("13", 1)]).Probability(0, 2));
        Assert.Null(new TokenSpans("12"u8, [new TokenLogProbability("12", 0)]).Probability(0, 2));
        Assert.Null(new TokenSpans("12"u8, []).Probability(0, 2));
    }
}
