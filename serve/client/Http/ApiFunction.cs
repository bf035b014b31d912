using System.Text.Json;

namespace MhcPipeline.Client.Http;

/// <summary>A function that the model may ask to be called.</summary>
internal sealed record ApiFunction(string Name, string? Description, JsonElement Parameters, bool? Strict);
