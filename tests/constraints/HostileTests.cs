using System.Text;
using MhcPipeline.Core;
using Xunit;

namespace MhcPipeline.Constraints.Tests;

public sealed class HostileTests
{
    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "must be an object")]
    [InlineData("""{"type":"text"}""", "#/type")]
    [InlineData("""{"minLength":-1}""", "#/minLength")]
    [InlineData("""{"properties":[]}""", "#/properties")]
    [InlineData("""{"enum":[]}""", "#/enum")]
    [InlineData("""{"$ref":"#/nowhere"}""", "leads nowhere")]
    [InlineData("""{"$ref":"https://example.com/schema"}""", "not inside the schema")]
    [InlineData("""{"$ref":"#"}""", "refers to itself")]
    [InlineData("""{"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"anyOf":[{"$ref":"#"},{"type":"null"}]}}}""", "refers to itself")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""", "No value of finite size")]
    [InlineData("""{"type":"array","items":{"$ref":"#"},"minItems":1}""", "No value of finite size")]
    [InlineData("""{"type":"string","const":1}""", "No value of finite size")]
    [InlineData("""{"type":"integer","minimum":2,"maximum":1}""", "No value of finite size")]
    [InlineData("""{"type":"string","minLength":5,"pattern":"^ab$"}""", "No value of finite size")]
    [InlineData("false", "No value of finite size")]
    public void A_schema_that_cannot_be_is_one_clear_error(string schema, string expected) =>
        Assert.Contains(expected, Assert.Throws<PipelineException>(() => Checks.Schema(schema)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_schema_may_be_deep_but_not_too_deep()
    {
        Assert.NotNull(Checks.Schema(Nested(60)));
        Assert.Contains("nests more than", Assert.Throws<PipelineException>(() => Checks.Schema(Nested(110))).Message, StringComparison.Ordinal);
        Assert.Contains("not JSON", Assert.Throws<PipelineException>(() => Checks.Schema(Nested(10_000))).Message, StringComparison.Ordinal);

        static string Nested(int depth) => string.Concat(Enumerable.Repeat("""{"type":"array","items":""", depth)) + "true" + new string('}', depth);
    }

    [Fact]
    public void A_schema_that_is_too_long_is_not_read() =>
        Assert.Contains("at most", Assert.Throws<PipelineException>(() => Checks.Schema($$"""{"const":"{{new string('a', 2_000_000)}}"}""")).Message, StringComparison.Ordinal);

    [Fact]
    public void An_answer_is_never_deeper_than_readers_take()
    {
        Matcher matcher = Checks.Schema("true").CreateMatcher();

        Assert.True(matcher.AcceptBytes(Encoding.UTF8.GetBytes(new string('[', 64))));
        Assert.False(matcher.AcceptBytes("["u8));
        Assert.True(matcher.AcceptBytes(Encoding.UTF8.GetBytes(new string(']', 64))));
        Assert.True(matcher.CanEnd);
    }

    [Theory]
    [InlineData("^(a{1,3000}){1,3000}$")]
    [InlineData("^(([a-z])+.)+[A-Z]([a-z])+$")]
    [InlineData("^(.{0,500}x){0,500}$")]
    public void A_pattern_that_explodes_costs_its_sender_an_error_or_nothing(string pattern)
    {
        Exception? error = Record.Exception(() =>
        {
            CompiledGrammar grammar = Checks.Schema($$"""{"type":"string","pattern":"{{pattern}}"}""", new CompileOptions { MaxStates = 5_000 });
            grammar.CreateMatcher().Mask(new ulong[grammar.Vocabulary.MaskLength]);
        });

        Assert.True(error is null or PipelineException, error?.ToString());
    }

    [Fact]
    public void A_large_enum_and_many_properties_compile()
    {
        string words = string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"\"w{i}\""));
        string members = string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"p{i}\":{{\"type\":\"integer\"}}"));
        CompiledGrammar grammar = Checks.Schema($$"""{"type":"object","properties":{"w":{"enum":[{{words}}]},{{members}}},"required":["w"]}""");

        Assert.True(Checks.Takes(grammar, """{"w":"w4711","p3":1,"p499":2}"""));
        Assert.False(Checks.Takes(grammar, """{"w":"x","p3":1}"""));
    }

    [Fact]
    public void A_compilation_can_be_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() => CompiledGrammar.Compile(Constraint.JsonSchema("true"), SmallVocabulary.Instance, null, cancelled.Token));
    }
}
