using MhcPipeline.Engine.Contract;
using MhcPipeline.Serve.Errors;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>Ends of texts as the API spells them.</summary>
internal static class FinishReasons
{
    /// <exception cref="ApiException">The engine gave up the text because the server stops.</exception>
    public static string Spell(this FinishReason reason) => reason switch
    {
        FinishReason.Stop => "stop",
        FinishReason.Length => "length",
        _ => throw new ApiException(StatusCodes.Status503ServiceUnavailable, "The server is shutting down.", code: "server_shutting_down"),
    };
}
