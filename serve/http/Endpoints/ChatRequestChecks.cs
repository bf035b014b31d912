using MhcPipeline.Serve.Api;
using MhcPipeline.Serve.Errors;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>Refuses what chat clients may ask for and this server cannot do, rather than ignoring it.</summary>
internal static class ChatRequestChecks
{
    public static void RequireSupported(this ChatRequest request)
    {
        OtherFields.Require(request.Others);
        if (request.TopLogprobs is not null && request.Logprobs != true)
        {
            throw ApiException.Invalid("'top_logprobs' needs 'logprobs' to be true.", "top_logprobs");
        }
        if (request.TopLogprobs is < 0 or > 20)
        {
            throw ApiException.Invalid($"'top_logprobs' must be from 0 to 20, but {request.TopLogprobs} was given.", "top_logprobs");
        }
        if (request.MaxTokens is < 1 || request.MaxCompletionTokens is < 1)
        {
            string name = request.MaxCompletionTokens is < 1 ? "max_completion_tokens" : "max_tokens";
            throw ApiException.Invalid($"'{name}' must be 1 or more.", name);
        }
    }
}
