using MhcPipeline.Core;
using Xunit;

namespace MhcPipeline.Constraints.Tests;

public sealed class GrammarTests
{
    private const string Sums = """
        # sums of numbers
        root ::= term ("+" term)*
        term ::= /[0-9]+/ | "(" root ")"
        """;

    [Theory]
    [InlineData("1", true)]
    [InlineData("1+(2+33)", true)]
    [InlineData("((((7))))", true)]
    [InlineData("(1", false)]
    [InlineData("1+", false)]
    [InlineData("", false)]
    public void Rules_may_nest(string text, bool expected) => Assert.Equal(expected, Checks.Takes(Checks.Compile(Constraint.Grammar(Sums)), text));

    [Theory]
    [InlineData("root ::= \"a\"{2,3} 'b'? [c-d]*", "aab", true)]
    [InlineData("root ::= \"a\"{2,3} 'b'? [c-d]*", "aaacd", true)]
    [InlineData("root ::= \"a\"{2,3} 'b'? [c-d]*", "ab", false)]
    [InlineData("root ::= (\"a\" | \"ab\") (\"c\" | \"bc\")", "abc", true)]
    [InlineData("root ::= (\"a\" | \"ab\") (\"c\" | \"bc\")", "abbc", true)]
    [InlineData("root ::= \"\" | \"x\"", "", true)]
    [InlineData("root ::= (\"a\"*)* \"b\"", "aab", true)]
    [InlineData("one ::= \"\\n\" two; two ::= \"\\u00e9\"", "\né", true)]
    public void Parts_repeat_and_choose(string grammar, string text, bool expected) => Assert.Equal(expected, Checks.Takes(Checks.Compile(Constraint.Grammar(grammar)), text));

    [Theory]
    [InlineData("", "no rule")]
    [InlineData("root \"a\"", "::= is missing")]
    [InlineData("root ::= other", "which it does not have")]
    [InlineData("root ::= root \"a\" | \"b\"", "begins with itself")]
    [InlineData("root ::= \"a\" root", "endless")]
    [InlineData("root ::= (\"a\"", ") is missing")]
    [InlineData("root ::= \"a", "\" is missing")]
    [InlineData("root ::= \"a\"{3,1}", "from a smaller to a larger")]
    [InlineData("root ::= \"a\"\nroot ::= \"b\"", "twice")]
    public void What_is_malformed_is_one_clear_error(string grammar, string expected) =>
        Assert.Contains(expected, Assert.Throws<PipelineException>(() => Checks.Compile(Constraint.Grammar(grammar))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_json_object_is_any_object()
    {
        CompiledGrammar grammar = Checks.Compile(Constraint.JsonObject());

        Assert.True(Checks.Takes(grammar, """{"a":[1,{"b":null}]}"""));
        Assert.False(Checks.Takes(grammar, "[]"));
    }

    [Fact]
    public void A_choice_without_texts_is_refused() => Assert.Throws<PipelineException>(() => Checks.Compile(Constraint.Choice([])));
}
