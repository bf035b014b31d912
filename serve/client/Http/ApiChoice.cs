using MhcPipeline.Client.Contract;

namespace MhcPipeline.Client.Http;

/// <summary>One answer or the next piece of it: chat has message or delta, completions have text.</summary>
internal sealed record ApiChoice(ApiMessage? Message, ApiMessage? Delta, string? Text, string? FinishReason, ApiLogprobs? Logprobs, SchemaCheck? SchemaCheck);
