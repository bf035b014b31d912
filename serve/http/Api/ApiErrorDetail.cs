using System.Text.Json.Serialization;

namespace MhcPipeline.Serve.Api;

/// <summary>What went wrong, in OpenAI's shape.</summary>
/// <param name="Message">For people: what was wrong and what to do.</param>
/// <param name="Type">invalid_request_error or server_error.</param>
/// <param name="Param">The field at fault, if one is.</param>
/// <param name="Code">A word for programs.</param>
public sealed record ApiErrorDetail(
    string Message,
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Param,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code);
