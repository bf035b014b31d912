using System.Text.Json;
using MhcPipeline.Constraints;
using MhcPipeline.Core;
using MhcPipeline.Serve.Api;
using MhcPipeline.Serve.Errors;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>POST /v1/schemas/report: what of a schema is enforced, what is checked, and what is refused.</summary>
internal static class SchemaReportEndpoint
{
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(5);

    public static async Task<SchemaKeywords> RunAsync(HttpContext context)
    {
        SchemaReportRequest request = await RequestBody.ReadAsync(context, ApiJson.Wire.SchemaReportRequest);
        if (request.Schema is not { ValueKind: JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False } schema)
        {
            throw ApiException.Invalid("'schema' must be a JSON Schema: an object.", "schema", request.Schema is null ? "missing_required_parameter" : "invalid_type");
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(_longest);
        try
        {
            SchemaReport report = await Task.Run(() => CompiledGrammar.ReportOn(schema.GetRawText(), cancellation: limit.Token), limit.Token);
            return new SchemaKeywords(report.IsEnforced, [.. report.Keywords.Select(one => new SchemaKeyword(one.Path, one.Keyword, Spell(one.Status), one.Note))]);
        }
        catch (PipelineException e)
        {
            throw ApiException.Invalid(e.Message, "schema", "invalid_format");
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw ApiException.Invalid($"'schema' takes longer than {_longest.TotalSeconds:0} seconds to compile. Make it simpler.", "schema", "format_too_complex");
        }
    }

    private static string Spell(KeywordStatus status) => status switch
    {
        KeywordStatus.Enforced => "enforced",
        KeywordStatus.Checked => "checked",
        _ => "refused",
    };
}
