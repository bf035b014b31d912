using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MhcPipeline.Serve.Errors;
using MhcPipeline.Serve.Wire;

namespace MhcPipeline.Serve.Streaming;

/// <summary>
/// Writes server-sent events (WHATWG HTML, section 9.2), one JSON object each, and sends each of them at once.
/// JSON has no line breaks outside its strings and the writer escapes those inside, so an event is one line.
/// </summary>
internal sealed class EventStream
{
    private readonly HttpContext _context;

    private EventStream(HttpContext context) => _context = context;

    /// <summary>Sends the headers: from here on, errors are events.</summary>
    public static async Task<EventStream> StartAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // proxies such as nginx would collect events
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        return new EventStream(context);
    }

    public async Task WriteAsync<T>(T value, JsonTypeInfo<T> type, string? name = null)
    {
        if (name is not null)
        {
            _context.Response.BodyWriter.Write(Encoding.UTF8.GetBytes($"event: {name}\n"));
        }
        _context.Response.BodyWriter.Write("data: "u8);
        await JsonSerializer.SerializeAsync(_context.Response.BodyWriter, value, type, _context.RequestAborted);
        await EndEventAsync();
    }

    public Task ErrorAsync(Exception error) => WriteAsync(ErrorTranslation.Body(ErrorTranslation.Translate(error)), ApiJson.Wire.ApiError);

    public async Task DoneAsync()
    {
        _context.Response.BodyWriter.Write("data: [DONE]"u8);
        await EndEventAsync();
    }

    private async Task EndEventAsync()
    {
        _context.Response.BodyWriter.Write("\n\n"u8);
        await _context.Response.BodyWriter.FlushAsync(_context.RequestAborted);
    }
}
