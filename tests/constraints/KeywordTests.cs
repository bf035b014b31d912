using Xunit;

namespace MhcPipeline.Constraints.Tests;

/// <summary>Keyword by keyword: what is taken and what is not, by the mask's automaton and by the validator alike.</summary>
public sealed class KeywordTests
{
    public static TheoryData<string, string, string> Table => new()
    {
        { """{"type":"integer"}""", "0 -7 12", "1.5 \"1\" true" },
        { """{"type":["null","boolean"]}""", "null true false", "0 \"\" []" },
        { """{"const":{"a":[1,"x"]}}""", """{"a":[1,"x"]}""", """{"a":[1]} {} {"a":[1,"x"],"b":1}""" },
        { """{"not":{"const":{}}}""", "1 [] {\"a\":1}", "{}" },
        { """{"enum":["a",1,null]}""", "\"a\" 1 null", "\"b\" 2 true" },
        { """{"enum":["a","bb","ccc"],"minLength":2,"not":{"const":"ccc"}}""", "\"bb\"", "\"a\" \"ccc\"" },
        { """{"type":"integer","minimum":-3,"exclusiveMaximum":12}""", "-3 0 11", "-4 12 100 -10" },
        { """{"type":"number","exclusiveMinimum":0.5,"maximum":2}""", "0.51 1 2 2.0 1.999", "0.5 0.49 2.01 -1 0" },
        { """{"type":"integer","minimum":3,"exclusiveMinimum":true}""", "4 100", "3 0" },
        { """{"type":"integer","multipleOf":7,"maximum":50}""", "0 7 49 -14", "1 50 56 48" },
        { """{"type":"number","multipleOf":0.25}""", "0 0.5 1.75 -2 3.250", "0.1 1.76 0.26" },
        { """{"type":"number","minimum":-0.5,"maximum":-0.25}""", "-0.5 -0.3 -0.25", "0 -0.2 -0.51 -1" },
        { """{"type":"string","minLength":2,"maxLength":3}""", "\"ab\" \"é€日\" \"\\u0061b\" \"\\ud83d\\ude00x\"", "\"a\" \"abcd\" \"\\ud83d\\ude00\"" },
        { """{"type":"string","maxLength":262144}""", "\"\" \"abc\"", "1" },
        { """{"type":"string","pattern":"^[a-z]+$","maxLength":100}""", "\"abc\" \"\\u0061\"", "\"aB\" \"\" \"a\\n\"" },
        { """{"type":"string","pattern":"^a\"b\\\\$"}""", "\"a\\\"b\\\\\"", "\"a\\\"b\"" },
        { """{"type":"string","format":"date"}""", "\"2024-02-29\" \"1999-12-31\"", "\"2023-02-29\" \"2024-13-01\" \"2024-04-31\" \"24-01-01\"" },
        { """{"type":"string","format":"date-time"}""", "\"2024-02-29T12:00:00Z\" \"1999-12-31T23:59:60Z\" \"2024-01-01T00:00:00.123+01:30\"", "\"2024-02-29\" \"2024-01-01T24:00:00Z\" \"2024-01-01T00:00:00\"" },
        { """{"type":"string","format":"time"}""", "\"12:00:00Z\"", "\"12:00Z\" \"25:00:00Z\"" },
        { """{"type":"string","format":"duration"}""", "\"P1Y2M\" \"PT5M\" \"P2W\"", "\"P\" \"1D\" \"P1DT\"" },
        { """{"type":"string","format":"email"}""", "\"a.b@example.com\"", "\"a@\" \"@b\" \"a\\u0020b@c.de\" \"a..b@c.de\"" },
        { """{"type":"string","format":"hostname"}""", "\"a-b.example\"", "\"-a\" \"a..b\" \"a_b\"" },
        { """{"type":"string","format":"ipv4"}""", "\"127.0.0.1\"", "\"256.0.0.1\" \"1.2.3\" \"01.2.3.4\"" },
        { """{"type":"string","format":"ipv6"}""", "\"::1\" \"2001:db8::\" \"::ffff:1.2.3.4\"", "\"1::2::3\" \"12345::\" \":1\"" },
        { """{"type":"string","format":"uuid"}""", "\"123e4567-e89b-12d3-a456-426614174000\"", "\"123e4567\"" },
        { """{"type":"string","format":"uri"}""", "\"http://a.b/c?d#e\" \"urn:isbn:1\"", "\"/a\" \"a\\u0020b\" \"http://a\\u0020b\"" },
        { """{"type":"string","format":"uri-reference"}""", "\"/a/b\" \"#x\" \"http://a\"", "\"a\\u0020b\" \"\\\\\\\\x\"" },
        { """{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":2}""", "[1] [1,2]", "[] [1,2,3] [\"a\"]" },
        { """{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":false}""", "[] [\"a\"] [\"a\",1]", "[1] [\"a\",1,2]" },
        { """{"type":"array","items":[{"type":"string"}],"additionalItems":{"type":"null"}}""", "[] [\"a\",null,null]", "[null] [\"a\",1]" },
        { """{"type":"array","contains":{"const":1},"minContains":2,"maxContains":3}""", "[1,1] [0,1,1,1]", "[1] [1,1,1,1] []" },
        { """{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}},"required":["a"],"additionalProperties":false}""", """{"a":1} {"b":"x","a":1}""", """{} {"b":"x"} {"a":1,"c":2} {"a":"x"} {"a":1,"a":1}""" },
        { """{"type":"object","additionalProperties":{"type":"integer"}}""", """{} {"x":1}""", """{"x":"y"}""" },
        { """{"type":"object","properties":{"ab":{"type":"null"}},"patternProperties":{"^a":{"type":["integer","null"]},"b$":{"type":["null","string"]}},"additionalProperties":false}""", """{"ab":null} {"ac":1} {"xb":"s"} {"axb":null}""", """{"ab":1} {"axb":1} {"c":1}""" },
        { """{"type":"object","minProperties":1,"maxProperties":2}""", """{"a":1} {"a":1,"b":2}""", """{} {"a":1,"b":2,"c":3}""" },
        { """{"type":"object","properties":{"a":{},"b":{},"c":{}},"additionalProperties":false,"minProperties":2}""", """{"a":1,"b":1} {"b":1,"c":1}""", """{} {"c":1}""" },
        { """{"type":"object","propertyNames":{"pattern":"^x","maxLength":2}}""", """{} {"x":1} {"xy":1}""", """{"y":1} {"xyz":1}""" },
        { """{"type":"object","dependentRequired":{"a":["b"]}}""", """{} {"b":1} {"b":1,"a":1} {"a":1,"b":1}""", """{"a":1} {"a":1,"c":1}""" },
        { """{"type":"object","dependencies":{"a":["b"],"c":{"properties":{"a":{"type":"null"}}}}}""", """{"a":1,"b":1} {"c":1} {"a":null,"b":1,"c":1}""", """{"a":1} {"a":1,"b":1,"c":1}""" },
        { """{"anyOf":[{"type":"string","maxLength":1},{"type":"integer","minimum":5}]}""", "\"a\" 5 66", "\"ab\" 4 null" },
        { """{"anyOf":[{"type":"object","required":["a"]},{"type":"object","required":["b"]}]}""", """{"a":1} {"b":1} {"a":1,"b":1}""", """{} {"c":1}""" },
        { """{"allOf":[{"properties":{"a":{"minimum":2}}},{"properties":{"a":{"type":"integer","maximum":4}},"required":["a"]}],"type":"object"}""", """{"a":2} {"a":4,"b":1}""", """{"a":1} {"a":5} {} {"a":"x"}""" },
        { """{"oneOf":[{"type":"object","properties":{"k":{"const":"a"},"v":{"type":"integer"}},"required":["k","v"]},{"type":"object","properties":{"k":{"const":"b"},"v":{"type":"string"}},"required":["k","v"]}]}""", """{"k":"a","v":1} {"k":"b","v":"x"}""", """{"k":"a","v":"x"} {"k":"b","v":1} {"k":"c","v":1}""" },
        { """{"oneOf":[{"type":"object","required":["a"]},{"type":"object","required":["b"]}]}""", """{"a":1} {"b":1} {"a":1,"c":1}""", """{} {"a":1,"b":1}""" },
        { """{"oneOf":[{"type":"integer","multipleOf":3},{"type":"integer","multipleOf":5}]}""", "3 5 9", "15 7 30 0" },
        { """{"oneOf":[{"type":"string","minLength":2},{"type":"string","pattern":"^a"}]}""", "\"bc\" \"a\"", "\"ab\" \"b\"" },
        { """{"not":{"type":"string"}}""", "1 null [] {}", "\"\" \"a\"" },
        { """{"type":"string","not":{"enum":["a","b"]}}""", "\"\" \"c\" \"ab\"", "\"a\" \"b\"" },
        { """{"type":"object","not":{"required":["a","b"]}}""", """{} {"a":1} {"b":1}""", """{"a":1,"b":1}""" },
        { """{"type":"object","properties":{"a":{}},"additionalProperties":false,"not":{"properties":{"a":{"type":"string"}},"additionalProperties":false}}""", """{"a":1}""", """{} {"a":"x"}""" },
        { """{"if":{"type":"object","properties":{"k":{"const":1}},"required":["k"]},"then":{"required":["a"]},"else":{"type":"object","required":["b"]}}""", """{"k":1,"a":1} {"k":2,"b":1} {"b":1}""", """{"k":1,"b":1} {"k":2} 1""" },
        { """{"$ref":"#/$defs/n","$defs":{"n":{"type":"object","properties":{"next":{"$ref":"#/$defs/n"}},"additionalProperties":false}}}""", """{} {"next":{"next":{}}}""", """{"next":1} {"x":{}}""" },
        { """{"type":"array","items":{"$ref":"#item"},"$defs":{"x":{"$anchor":"item","type":"null"}}}""", "[null,null]", "[1]" },
        { """{"$id":"http://x.y/root","definitions":{"a":{"$id":"other","type":"integer"}},"properties":{"p":{"$ref":"other"}},"type":"object"}""", """{"p":1}""", """{"p":"x"}""" },
        { """{"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"a":{"type":"integer"}},"$ref":"#/definitions/a","minimum":5}""", "3 7", "\"x\"" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void A_keyword_takes_what_it_should_and_nothing_else(string schema, string valid, string invalid)
    {
        CompiledGrammar grammar = Checks.Schema(schema, Checks.Loose);

        Assert.True(grammar.Report.IsEnforced, string.Join("; ", grammar.Report.Rest));
        Assert.All(valid.Split(' '), text => Assert.True(Checks.Takes(grammar, text), $"{schema} should take {text}"));
        Assert.All(invalid.Split(' '), text => Assert.False(Checks.Takes(grammar, text), $"{schema} should not take {text}"));
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void The_validator_agrees(string schema, string valid, string invalid)
    {
        SchemaValidator validator = SchemaValidator.Create(schema);

        Assert.All(valid.Split(' '), text => Assert.Empty(validator.Validate(System.Text.Json.JsonDocument.Parse(text).RootElement)));
        Assert.All(invalid.Split(' ').Where(text => text != """{"a":1,"a":1}"""), text => Assert.NotEmpty(validator.Validate(System.Text.Json.JsonDocument.Parse(text).RootElement)));
    }

    [Fact]
    public void The_default_is_compact_and_in_the_schema_s_order()
    {
        CompiledGrammar grammar = Checks.Schema("""{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"required":["b"]}""");

        Assert.True(Checks.Takes(grammar, """{"a":1,"b":2}"""));
        Assert.True(Checks.Takes(grammar, """{"b":2,"x":[]}"""));
        Assert.False(Checks.Takes(grammar, """{"b":2,"a":1}"""));
        Assert.False(Checks.Takes(grammar, """{"x":[],"b":2}"""));
        Assert.False(Checks.Takes(grammar, """{"a": 1,"b":2}"""));
    }

    [Fact]
    public void An_integer_may_have_a_point_with_zeros_but_not_in_draft_4()
    {
        Assert.True(Checks.Takes(Checks.Schema("""{"type":"integer"}""", Checks.Loose), "1.0"));
        Assert.False(Checks.Takes(Checks.Schema("""{"$schema":"http://json-schema.org/draft-04/schema#","type":"integer"}""", Checks.Loose), "1.0"));
    }

    [Fact]
    public void White_space_is_bounded()
    {
        CompiledGrammar grammar = Checks.Schema("""{"type":"array"}""", new CompileOptions { WhiteSpace = 2 });

        Assert.True(Checks.Takes(grammar, "[ \n1 , 2]"));
        Assert.False(Checks.Takes(grammar, "[   1]"));
    }
}
