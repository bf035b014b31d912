using MhcPipeline.Core;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Serve.Api;

namespace MhcPipeline.Serve.Errors;

/// <summary>From exceptions to statuses and bodies.</summary>
internal static class ErrorTranslation
{
    /// <summary>The exception as one that names a status. What is not the client's to know becomes a plain 500.</summary>
    public static ApiException Translate(Exception error) => error switch
    {
        ApiException known => known,
        InvalidRequestException invalid => ApiException.Invalid(invalid.Message, invalid.Parameter, invalid.Code),
        EngineBusyException busy => new ApiException(StatusCodes.Status503ServiceUnavailable, busy.Message, code: "server_busy"),
        ObjectDisposedException => new ApiException(StatusCodes.Status503ServiceUnavailable, "The server is shutting down.", code: "server_shutting_down"),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new ApiException(StatusCodes.Status413PayloadTooLarge, "The body is too large.", code: "request_too_large"),
        BadHttpRequestException bad => new ApiException(bad.StatusCode, bad.Message, code: "bad_request"),
        PipelineException failed => new ApiException(StatusCodes.Status500InternalServerError, failed.Message, code: "generation_failed"),
        _ => new ApiException(StatusCodes.Status500InternalServerError, "The server failed on this request; its log says more.", code: "internal_error"),
    };

    public static ApiError Body(ApiException error) =>
        new(new ApiErrorDetail(error.Message, error.Status >= 500 ? "server_error" : "invalid_request_error", error.Param, error.Code));

    /// <summary>For statuses that the framework sets itself, without a body.</summary>
    public static ApiException ForStatus(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => new ApiException(404, $"There is nothing at {context.Request.Path}. The endpoints are listed in /openapi/v1.json.", code: "not_found"),
        StatusCodes.Status405MethodNotAllowed => new ApiException(405, $"{context.Request.Path} does not take {context.Request.Method}; it takes {context.Response.Headers.Allow}.", code: "method_not_allowed"),
        int status => new ApiException(status, $"The request was refused with status {status}.", code: "refused"),
    };
}
