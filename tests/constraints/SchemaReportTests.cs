using System.Text.Json;
using MhcPipeline.Core;
using Xunit;

namespace MhcPipeline.Constraints.Tests;

public sealed class SchemaReportTests
{
    private const string Unique = """{"type":"object","properties":{"tags":{"type":"array","items":{"type":"string"},"uniqueItems":true}}}""";

    [Fact]
    public void What_is_only_checked_is_named_with_its_path()
    {
        KeywordReport keyword = Assert.Single(CompiledGrammar.ReportOn(Unique).Rest);

        Assert.Equal(("#/properties/tags/uniqueItems", "uniqueItems", KeywordStatus.Checked), (keyword.Path, keyword.Keyword, keyword.Status));
        Assert.NotNull(keyword.Note);
    }

    [Fact]
    public void Everything_else_is_enforced() =>
        Assert.Equal(["#/type", "#/properties", "#/properties/tags/type", "#/properties/tags/items", "#/properties/tags/items/type"], CompiledGrammar.ReportOn(Unique).Keywords.Where(keyword => keyword.Status == KeywordStatus.Enforced).Select(keyword => keyword.Path).OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal));

    [Fact]
    public void Strict_refuses_it_by_name() =>
        Assert.Contains("#/properties/tags/uniqueItems", Assert.Throws<PipelineException>(() => Checks.Schema(Unique, new CompileOptions { Strict = true })).Message, StringComparison.Ordinal);

    [Fact]
    public void Without_strict_the_finished_answer_can_be_validated()
    {
        CompiledGrammar grammar = Checks.Schema(Unique);
        const string Answer = """{"tags":["a","a"]}""";

        Assert.True(Checks.Takes(grammar, Answer));
        Assert.Equal([new SchemaError("/tags", "#/properties/tags/uniqueItems")], grammar.Validator!.Validate(JsonDocument.Parse(Answer).RootElement));
    }

    [Theory]
    [InlineData("""{"type":"object","minProperties":1}""", true)]
    [InlineData("""{"type":"object","minProperties":2}""", false)] // {"x":1,"x":1} has one member
    [InlineData("""{"type":"object","minProperties":2,"required":["a"]}""", true)]
    [InlineData("""{"type":"object","minProperties":2,"properties":{"a":true,"b":true,"c":true},"additionalProperties":false}""", true)]
    public void Members_are_counted_exactly_where_no_two_keys_can_be_the_same(string schema, bool expected) => Assert.Equal(expected, CompiledGrammar.ReportOn(schema).IsEnforced);

    [Theory]
    [InlineData("""{"type":"string","pattern":"(?<=a)b"}""", "#/pattern")]
    [InlineData("""{"properties":{"a":{"pattern":"\\bx"}}}""", "#/properties/a/pattern")]
    [InlineData("""{"extends":{"type":"null"}}""", "#/extends")]
    public void What_can_be_neither_enforced_nor_checked_is_refused_in_any_case(string schema, string path)
    {
        Assert.Contains(path, Assert.Throws<PipelineException>(() => Checks.Schema(schema)).Message, StringComparison.Ordinal);
        Assert.Equal(KeywordStatus.Refused, CompiledGrammar.ReportOn(schema).Rest.Single().Status);
    }

    [Fact]
    public void A_format_that_is_not_enforced_is_reported_and_one_that_nobody_defines_says_nothing()
    {
        Assert.Equal("#/format", CompiledGrammar.ReportOn("""{"type":"string","format":"idn-email"}""").Rest.Single().Path);
        Assert.True(CompiledGrammar.ReportOn("""{"type":"string","format":"colour"}""").IsEnforced);
    }

    [Fact]
    public void A_broken_value_is_named_by_its_place_and_the_keyword()
    {
        SchemaValidator validator = SchemaValidator.Create("""{"type":"object","properties":{"a":{"type":"array","items":{"maximum":3}}}}""");

        Assert.Equal([new SchemaError("/a/1", "#/properties/a/items/maximum")], validator.Validate(JsonDocument.Parse("""{"a":[1,5]}""").RootElement));
    }
}
