using System.Text.Encodings.Web;
using System.Text.Json;
using Json.Schema;
using MhcPipeline.Core;
using Xunit;

namespace MhcPipeline.Constraints.Tests;

/// <summary>Schemas at random: what masks take, what the validator finds valid and what another validator does are one.</summary>
public sealed class RandomSchemaTests
{
    // Texts as our grammars spell them: only what must be escaped is.
    private static readonly JsonSerializerOptions _plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 24)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Masks_validator_and_another_validator_agree_on_every_value(int seed)
    {
        var random = new Random(seed);
        var schemas = new RandomSchemas(random);
        int compared = 0;
        for (int i = 0; i < 12; i++)
        {
            string schema = schemas.Schema(3).ToJsonString(_plain);
            JsonSchema judge = JsonSchema.FromText(schema);
            SchemaValidator validator = SchemaValidator.Create(schema);
            string[] values = [.. Enumerable.Range(0, 40).Select(_ => schemas.Value(2)?.ToJsonString(_plain) ?? "null")];
            CompiledGrammar? grammar = Compiled(schema);
            foreach (string value in values)
            {
                using JsonDocument document = JsonDocument.Parse(value);
                bool expected = judge.Evaluate(document.RootElement).IsValid;

                Assert.True(expected == (validator.Validate(document.RootElement).Count == 0), $"validator: {schema} and {value}, expected {expected}");
                bool taken = grammar is not null && Checks.Takes(grammar, value);
                Assert.True(expected == taken || (taken && !grammar!.Report.IsEnforced), $"masks: {schema} and {value}, expected {expected}");
                compared++;
            }
            for (int walk = 0; grammar is { Report.IsEnforced: true } && walk < 2; walk++)
            {
                if (Checks.Walk(grammar, random, 120) is not { } answer)
                    continue;
                using JsonDocument document = JsonDocument.Parse(answer);

                Assert.True(judge.Evaluate(document.RootElement).IsValid, $"walk: {schema} and {answer}");
            }
        }
        Assert.Equal(480, compared);
    }

    /// <summary>Null where no value fulfils the schema.</summary>
    private static CompiledGrammar? Compiled(string schema)
    {
        try
        {
            return Checks.Schema(schema, Checks.Loose);
        }
        catch (PipelineException error) when (error.Message.Contains("No value", StringComparison.Ordinal))
        {
            return null;
        }
    }
}
