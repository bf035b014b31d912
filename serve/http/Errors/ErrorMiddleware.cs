using MhcPipeline.Core;
using MhcPipeline.Serve.Wire;

namespace MhcPipeline.Serve.Errors;

/// <summary>Gives every failure a body in OpenAI's shape.</summary>
internal sealed partial class ErrorMiddleware(RequestDelegate next, ILogger<ErrorMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response.StatusCode >= 400 && !context.Response.HasStarted && context.Response.ContentType is null)
            {
                await WriteAsync(context, ErrorTranslation.ForStatus(context));
            }
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away: there is nobody to tell.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            ApiException error = ErrorTranslation.Translate(e);
            if (error.Status == StatusCodes.Status500InternalServerError)
            {
                LogFailure(log, context.Request.Method, context.Request.Path, e is PipelineException ? e.Message : e.ToString());
            }
            await WriteAsync(context, error);
        }
    }

    private static Task WriteAsync(HttpContext context, ApiException error)
    {
        context.Response.StatusCode = error.Status;
        if (error.Status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }
        return context.Response.WriteAsJsonAsync(ErrorTranslation.Body(error), ApiJson.Wire.ApiError);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed: {Error}")]
    private static partial void LogFailure(ILogger log, string method, string path, string error);
}
