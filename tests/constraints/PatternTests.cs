using System.Text.RegularExpressions;
using MhcPipeline.Core;
using Xunit;

namespace MhcPipeline.Constraints.Tests;

public sealed class PatternTests
{
    [Theory]
    [InlineData("a*b+c?")]
    [InlineData("(a|bc)*(cab|b)")]
    [InlineData("[ab]{2,4}c")]
    [InlineData("[^a]+")]
    [InlineData("a.c")]
    [InlineData("(?:a{2}|b{3})+")]
    [InlineData("^ab|c$")]
    [InlineData("(?!ab)[abc]*")]
    [InlineData("(?=.*b)[ab]*c")]
    [InlineData("a+?b??c")]
    [InlineData("\\w\\d?|\\S-")]
    [InlineData("[\\w-]+")]
    [InlineData("(a?){3}b")]
    [InlineData("[a\\-\\]1]+")]
    [InlineData("(ab?)*?$")]
    [InlineData("a{0}b")]
    [InlineData("\\x61\\u0062[\\u0061-c]")]
    public void A_whole_text_matches_as_in_dotnet(string pattern)
    {
        var expected = new Regex($"^(?:{pattern})$(?!\\n)", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
        CompiledGrammar grammar = Checks.Compile(Constraint.Pattern(pattern));
        var random = new Random(3);
        for (int i = 0; i < 400; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => "abcab1-"[random.Next(7)]));

            Assert.True(expected.IsMatch(text) == Checks.Takes(grammar, text), $"{pattern} and '{text}'");
        }
    }

    [Theory]
    [InlineData("b")]
    [InlineData("^ab?")]
    [InlineData("b$|^c")]
    [InlineData("^(a|b)*$")]
    public void A_schema_s_pattern_matches_anywhere(string pattern)
    {
        CompiledGrammar grammar = Checks.Schema($$"""{"type":"string","pattern":"{{pattern}}"}""");
        var random = new Random(5);
        for (int i = 0; i < 200; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => "abc"[random.Next(3)]));

            Assert.True(Regex.IsMatch(text, pattern, RegexOptions.None, TimeSpan.FromSeconds(5)) == Checks.Takes(grammar, $"\"{text}\""), $"{pattern} and '{text}'");
        }
    }

    [Theory]
    [InlineData("(a", "lacks a )")]
    [InlineData("a)", "too many")]
    [InlineData("[a", "lacks a ]")]
    [InlineData("*a", "repeats nothing")]
    [InlineData("a{3,1}", "larger")]
    [InlineData("\\bword", "word boundary")]
    [InlineData("(a)\\1", "back-reference")]
    [InlineData("(?<=a)b", "look-behind")]
    [InlineData("(x(?!a)b)*", "look-ahead inside a group")]
    [InlineData("[z-a]", "backwards")]
    public void What_is_malformed_or_not_supported_is_one_clear_error(string pattern, string expected) =>
        Assert.Contains(expected, Assert.Throws<PipelineException>(() => Checks.Compile(Constraint.Pattern(pattern))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("(a*)*b")]
    [InlineData("(a|aa)+$")]
    [InlineData("(x+x+)+y")]
    [InlineData("(.*a){12}")]
    public void A_pattern_that_backtracks_without_end_elsewhere_is_quick_here(string pattern) =>
        Assert.False(Checks.Compile(Constraint.Pattern(pattern)).CreateMatcher().AcceptBytes(System.Text.Encoding.UTF8.GetBytes(new string('a', 300) + "!\n")));

    [Fact]
    public void A_pattern_without_any_text_is_refused() => Assert.Throws<PipelineException>(() => Checks.Compile(Constraint.Pattern("a$b")));
}
