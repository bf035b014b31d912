namespace MhcPipeline.Connector.Http;

/// <summary>One answer or the next piece of it: chat has message or delta, completions have text.</summary>
internal sealed record ApiChoice(ApiMessage? Message, ApiMessage? Delta, string? Text, string? FinishReason)
{
    public string NewText => Delta?.Content ?? Message?.Content ?? Text ?? string.Empty;
}
