using System.Text;
using Xunit;

namespace MhcPipeline.Constraints.Tests;

public sealed class MaskTests
{
    public static TheoryData<string, string> Cases => new()
    {
        { "schema", """{"type":"object","properties":{"name":{"type":"string","maxLength":3},"n":{"type":"integer","minimum":-1,"maximum":12},"b":{"type":"boolean"}},"required":["name"]}""" },
        { "schema", """{"type":"array","items":{"anyOf":[{"type":"string","pattern":"^a+$"},{"type":"string","minLength":2,"maxLength":4},{"type":"null"}]},"maxItems":3}""" },
        { "schema", """{"enum":["é","€","abc",12,true,{"name":[1,2]}]}""" },
        { "schema", "true" },
        { "schema", """{"type":"object","properties":{"name":{"type":"null"},"a\"b":{"type":"null"},"é1":{"type":"null"}}}""" },
        { "pattern", "(é|€)*日?[a-c]{2,3}" },
        { "choice", """["ab","abc","€"]""" },
        { "grammar", "root ::= item (\",\" item)*\nitem ::= [0-9]+ | \"[\" root? \"]\"" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_mask_has_exactly_the_tokens_that_are_accepted_one_by_one(string kind, string source)
    {
        CompiledGrammar grammar = Checks.Compile(kind switch
        {
            "schema" => Constraint.JsonSchema(source),
            "pattern" => Constraint.Pattern(source),
            "choice" => Constraint.Choice(System.Text.Json.JsonSerializer.Deserialize<string[]>(source)!),
            _ => Constraint.Grammar(source),
        });
        var random = new Random(11);
        ulong[] mask = new ulong[grammar.Vocabulary.MaskLength];
        for (int walk = 0; walk < 12; walk++)
        {
            Matcher matcher = grammar.CreateMatcher();
            for (int step = 0; step < 25 && !matcher.MustEnd; step++)
            {
                matcher.Mask(mask);
                List<int> accepted = [.. Enumerable.Range(0, grammar.Vocabulary.Size).Where(id => matcher.Clone().Accept(id))];

                Assert.Equal(accepted, Enumerable.Range(0, grammar.Vocabulary.Size).Where(id => (mask[id >> 6] & (1UL << id)) != 0));

                int[] ahead = [.. accepted.Where(id => id != SmallVocabulary.End)];
                if (ahead.Length == 0)
                    break;
                matcher.Accept(ahead[random.Next(ahead.Length)]);
            }
        }
    }

    [Fact]
    public void The_end_is_allowed_only_where_the_answer_may_end()
    {
        Matcher matcher = Checks.Compile(Constraint.Choice(["ab", "abc"])).CreateMatcher();

        Assert.False(matcher.Accept(SmallVocabulary.End));
        Assert.True(matcher.AcceptBytes("ab"u8));
        Assert.True(matcher.CanEnd);
        Assert.False(matcher.MustEnd);
        Assert.True(matcher.Accept(SmallVocabulary.End));
        Assert.True(matcher.MustEnd);
        Assert.False(matcher.AcceptBytes("c"u8));
    }

    [Fact]
    public void A_token_may_end_inside_a_character()
    {
        Matcher matcher = Checks.Schema("""{"const":"€"}""").CreateMatcher();

        Assert.True(matcher.AcceptBytes("\""u8));
        Assert.True(matcher.AcceptBytes([0xE2, 0x82]));
        Assert.False(matcher.AcceptBytes([0xAD]));
        Assert.True(matcher.AcceptBytes([0xAC, (byte)'"']));
        Assert.True(matcher.CanEnd);
    }

    [Fact]
    public void A_copy_goes_its_own_way_and_a_reset_begins_anew()
    {
        Matcher matcher = Checks.Compile(Constraint.Choice(["ab", "cd"])).CreateMatcher();
        matcher.AcceptBytes("a"u8);
        Matcher copy = matcher.Clone();
        copy.AcceptBytes("b"u8);

        Assert.True(copy.CanEnd);
        Assert.False(matcher.CanEnd);
        matcher.Reset();
        Assert.True(matcher.AcceptBytes("cd"u8));
    }

    [Fact]
    public void Text_that_is_forced_is_known_without_the_model()
    {
        Matcher matcher = Checks.Schema("""{"type":"object","properties":{"name":{"type":"string"},"ok":{"const":true}},"required":["name","ok"],"additionalProperties":false}""").CreateMatcher();

        Assert.Equal("{\"name\":\"", Encoding.UTF8.GetString(matcher.ForcedText()));
        Assert.True(matcher.AcceptBytes("{\"name\":\"x\""u8));
        Assert.Equal(",\"ok\":true}", Encoding.UTF8.GetString(matcher.ForcedText()));
    }

    [Fact]
    public void The_last_forced_tokens_that_could_merge_are_left_to_the_model()
    {
        // After {"name":" the model may prefer ":" as one token with what follows: everything from the last " on that begins a longer token stays.
        Matcher matcher = Checks.Schema("""{"type":"object","properties":{"name":{"type":"string"}},"required":["name"],"additionalProperties":false}""").CreateMatcher();
        byte[] text = matcher.ForcedText();

        IReadOnlyList<int> tokens = matcher.ForcedTokens(bytes => [.. bytes.Select(b => (int)b)]);

        Assert.Equal(text.Take(tokens.Count).Select(b => (int)b), tokens);
        Assert.True(tokens.Count < text.Length);
        Assert.False(SmallVocabulary.Instance.HasLonger(text.AsSpan(tokens.Count - 1)));
    }

    [Fact]
    public void Many_requests_share_one_grammar()
    {
        CompiledGrammar grammar = Checks.Schema("""{"type":"object","properties":{"a":{"type":"array","items":{"type":"string","pattern":"^[a-f0-9]{4}$"}},"b":{"type":"number","multipleOf":0.25}},"required":["a","b"]}""");

        Parallel.For(0, 32, seed =>
        {
            if (Checks.Walk(grammar, new Random(seed), 200) is { } answer)
                Assert.Empty(grammar.Validator!.Validate(System.Text.Json.JsonDocument.Parse(answer).RootElement));
        });
    }
}
