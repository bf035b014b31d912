using System.Text.Json;
using Json.Schema;
using Xunit;

namespace MhcPipeline.Constraints.Tests;

public sealed class WalkTests
{
    public static TheoryData<string> Schemas => [.. KeywordTests.Table.Select(row => (string)row[0]).Where(schema => !schema.Contains("\"exclusiveMinimum\":true", StringComparison.Ordinal) && !schema.Contains("\"items\":[", StringComparison.Ordinal) && !schema.Contains("definitions", StringComparison.Ordinal) && !schema.Contains("dependencies", StringComparison.Ordinal)),
        """{"type":"object","properties":{"id":{"type":"string","format":"uuid"},"when":{"type":"string","format":"date-time"},"lines":{"type":"array","minItems":1,"maxItems":3,"items":{"type":"object","properties":{"sku":{"type":"string","pattern":"^[A-Z]{2}-[0-9]{3}$"},"count":{"type":"integer","minimum":1,"maximum":999},"price":{"type":"number","minimum":0,"maximum":1000,"multipleOf":0.01}},"required":["sku","count"],"additionalProperties":false}}},"required":["id","lines"],"additionalProperties":false}"""];

    [Theory]
    [MemberData(nameof(Schemas))]
    public void Any_walk_through_the_masks_ends_in_JSON_that_another_validator_finds_valid(string schema)
    {
        JsonSchema judge = JsonSchema.FromText(schema);
        var options = new EvaluationOptions { RequireFormatValidation = true };
        int ended = 0;
        foreach (CompileOptions compile in (CompileOptions[])[new() { Strict = true }, Checks.Loose with { Strict = true }])
        {
            CompiledGrammar grammar = Checks.Schema(schema, compile);
            for (int seed = 0; seed < 12; seed++)
            {
                if (Checks.Walk(grammar, new Random(seed), 400) is not { } answer)
                    continue;
                ended++;
                using JsonDocument document = JsonDocument.Parse(answer);

                Assert.Empty(grammar.Validator!.Validate(document.RootElement));
                // The judge's expressions for formats give up after some time, which counts as invalid and happens on a busy machine.
                Assert.True(Enumerable.Range(0, 3).Any(_ => judge.Evaluate(document.RootElement, options).IsValid), $"{schema} took {answer}");
            }
        }
        Assert.True(ended >= 4, $"{ended} of 24 walks ended");
    }
}
