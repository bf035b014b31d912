using System.Text.Json;
using MhcPipeline.Constraints;
using MhcPipeline.Core;
using MhcPipeline.Serve.Api;
using MhcPipeline.Serve.Errors;
using MhcPipeline.Serve.Wire;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>POST /v1/schemas/report: what of a schema is enforced, what is checked, and what is refused.</summary>
internal static class SchemaReportEndpoint
{
    public static async Task<SchemaKeywords> RunAsync(HttpContext context)
    {
        SchemaReportRequest request = await RequestBody.ReadAsync(context, ApiJson.Wire.SchemaReportRequest);
        if (request.Schema is not { ValueKind: JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False } schema)
        {
            throw ApiException.Invalid("'schema' must be a JSON Schema: an object.", "schema", request.Schema is null ? "missing_required_parameter" : "invalid_type");
        }
        try
        {
            SchemaReport report = await Task.Run(() => CompiledGrammar.ReportOn(schema.GetRawText(), cancellation: context.RequestAborted), context.RequestAborted);
            return new SchemaKeywords(report.IsEnforced, [.. report.Keywords.Select(one => new SchemaKeyword(one.Path, one.Keyword, Spell(one.Status), one.Note))]);
        }
        catch (PipelineException e)
        {
            throw ApiException.Invalid(e.Message, "schema", "invalid_format");
        }
    }

    private static string Spell(KeywordStatus status) => status switch
    {
        KeywordStatus.Enforced => "enforced",
        KeywordStatus.Checked => "checked",
        _ => "refused",
    };
}
