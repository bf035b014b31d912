namespace MhcPipeline.Client.Http;

/// <summary>A call, or the next piece of one; only pieces have an index.</summary>
internal sealed record ApiToolCall(int? Index, string? Id, string? Type, ApiCalledFunction? Function);
