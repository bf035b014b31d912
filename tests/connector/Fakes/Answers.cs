using System.Text.Json;

namespace MhcPipeline.Connector.Tests.Fakes;

/// <summary>Bodies as an OpenAI-compatible server writes them.</summary>
internal static class Answers
{
    public static string Chat(string text, string reason = "stop") => JsonSerializer.Serialize(new
    {
        id = "chatcmpl-1",
        @object = "chat.completion",
        created = 1700000000,
        model = "tiny",
        choices = new[] { new { index = 0, message = new { role = "assistant", content = text, refusal = (string?)null }, finish_reason = reason } },
        usage = new { prompt_tokens = 5, completion_tokens = 2, total_tokens = 7 },
    });

    public static string Delta(string? text, string? reason = null) => JsonSerializer.Serialize(new
    {
        id = "chatcmpl-1",
        @object = "chat.completion.chunk",
        created = 1700000000,
        model = "tiny",
        choices = new[] { new { index = 0, delta = new { content = text }, finish_reason = reason } },
    });

    public static string TextPiece(string text, string? reason = null) => JsonSerializer.Serialize(new
    {
        id = "cmpl-1",
        @object = "text_completion",
        created = 1700000000,
        model = "tiny",
        choices = new[] { new { index = 0, text, finish_reason = reason } },
    });

    public const string Usage = """{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"tiny","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}""";

    /// <summary>A whole stream: the pieces, the ending, the usage, [DONE].</summary>
    public static async Task StreamAsync(TinyServer.Exchange exchange, params string[] pieces)
    {
        await exchange.BeginEventsAsync();
        foreach (string piece in pieces) await exchange.EventAsync(Delta(piece));
        await exchange.EventAsync(Delta(null, "stop"));
        await exchange.EventAsync(Usage);
        await exchange.EventAsync("[DONE]");
        await exchange.EndAsync();
    }
}
