using System.Text;
using MhcPipeline.Constraints.Vocabularies;
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

    [Theory]
    [InlineData("^(?=.*a)(?=.*b)(?=.*c)(?=.*d)(?=.*e)(?=.*f)(?=.*g)(?=.*h)(?=.*i)(?=.*j)(?=.*k)(?=.*l)(?=.*m)(?=.*n)(?=.*o)(?=.*p)(?=.*q)(?=.*r).*$")]
    [InlineData("a.{60}$")]
    public void A_pattern_with_more_states_than_fit_is_refused(string pattern) =>
        Assert.Contains("states", Assert.Throws<PipelineException>(() => Checks.Schema($$"""{"type":"string","pattern":"{{pattern}}"}""", new CompileOptions { MaxStates = 3_000 })).Message, StringComparison.Ordinal);

    [Fact]
    public void A_list_of_many_numbers_is_compared_once_each()
    {
        CompiledGrammar grammar = Checks.Schema($$"""{"enum":[{{string.Join(',', Enumerable.Range(0, 20_000))}},1.0,1e0]}""");

        Assert.True(Checks.Takes(grammar, "19999"));
        Assert.False(Checks.Takes(grammar, "20000"));
    }

    [Fact]
    public void Alternatives_that_all_have_to_be_told_apart_end_with_the_time_that_there_is()
    {
        Assert.Contains("to compile", Assert.Throws<PipelineException>(() => Checks.Schema(ManyAlternatives(), new CompileOptions { MaxTime = TimeSpan.FromMilliseconds(1) })).Message, StringComparison.Ordinal);
    }

    private static string ManyAlternatives() =>
        "{\"oneOf\":[" + string.Join(',', Enumerable.Range(0, 200).Select(i => $$"""{"type":"object","properties":{"p{{i}}":{"type":"string"} },"required":["p{{i}}"]}""")) + "]}";

    [Fact]
    public void A_report_ends_with_that_time_too() =>
        Assert.Contains("to compile", Assert.Throws<PipelineException>(() => CompiledGrammar.ReportOn(ManyAlternatives(), new CompileOptions { MaxTime = TimeSpan.FromMilliseconds(1) })).Message, StringComparison.Ordinal);

    [Fact]
    public void Combinations_that_are_too_many_are_left_to_the_validator_and_said()
    {
        string parts = string.Join(',', Enumerable.Range(0, 20).Select(i => $$"""{"anyOf":[{"required":["a{{i}}"]},{"required":["b{{i}}"]}]}"""));
        string schema = $$"""{"type":"object","allOf":[{{parts}}]}""";

        Assert.Contains(CompiledGrammar.ReportOn(schema).Rest, keyword => keyword.Status == KeywordStatus.Checked);
        Assert.Contains("cannot be enforced", Assert.Throws<PipelineException>(() => Checks.Schema(schema, new CompileOptions { Strict = true })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_that_can_be_understood_in_too_many_ways_end_with_an_error_and_not_with_the_memory()
    {
        Matcher matcher = Checks.Schema("""{"anyOf":[{"type":"array","items":{"$ref":"#"},"minItems":1},{"type":"array","items":{"$ref":"#"},"minItems":2},{"type":"array","items":{"$ref":"#"},"maxItems":5},{"type":"null"}]}""").CreateMatcher();

        Assert.Contains("ambiguous", Assert.Throws<PipelineException>(() => matcher.AcceptBytes(Encoding.UTF8.GetBytes(new string('[', 40)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Strings_and_lists_longer_than_any_answer_cost_no_states()
    {
        Matcher text = Checks.Schema("""{"type":"string","minLength":1000000}""").CreateMatcher(), list = Checks.Schema("""{"type":"array","items":{"type":"integer"},"minItems":1000000000}""").CreateMatcher();

        Assert.True(text.AcceptBytes(Encoding.UTF8.GetBytes("\"" + new string('a', 10_000))));
        Assert.False(text.AcceptBytes("\""u8));
        Assert.True(list.AcceptBytes(Encoding.UTF8.GetBytes("[1" + string.Concat(Enumerable.Repeat(",1", 10_000)))));
        Assert.False(list.AcceptBytes("]"u8));
        Assert.True(text.Grammar.KeptBytes + list.Grammar.KeptBytes < 100_000_000);
    }

    [Fact]
    public void A_mask_is_empty_where_no_token_of_the_vocabulary_fits()
    {
        var vocabulary = new Vocabulary(["a"u8.ToArray(), "\""u8.ToArray(), default], [2]);
        Matcher matcher = CompiledGrammar.Compile(Constraint.JsonSchema("""{"const":"ab"}"""), vocabulary).CreateMatcher();
        ulong[] mask = [ulong.MaxValue];

        Assert.True(matcher.Accept(1) && matcher.Accept(0));
        matcher.Mask(mask);
        Assert.Equal(0UL, mask[0]);
    }

    [Fact]
    public void A_compilation_can_be_cancelled_on_its_way()
    {
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        Assert.ThrowsAny<OperationCanceledException>(() => CompiledGrammar.Compile(Constraint.JsonSchema(ManyAlternatives()), SmallVocabulary.Instance, null, cancelled.Token));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1_000_000)]
    public void White_space_without_end_cannot_be_asked_for(int characters) =>
        Assert.Contains("White space", Assert.Throws<PipelineException>(() => Checks.Schema("true", new CompileOptions { WhiteSpace = characters })).Message, StringComparison.Ordinal);
}
