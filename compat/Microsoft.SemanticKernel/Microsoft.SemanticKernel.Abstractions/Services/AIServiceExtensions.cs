namespace Microsoft.SemanticKernel.Services;

public static class AIServiceExtensions
{
    public static string ModelIdKey => "ModelId";

    public static string EndpointKey => "Endpoint";

    public static string ApiVersionKey => "ApiVersion";

    public static string? GetModelId(this IAIService service) => Read(service, ModelIdKey);

    public static string? GetEndpoint(this IAIService service) => Read(service, EndpointKey);

    public static string? GetApiVersion(this IAIService service) => Read(service, ApiVersionKey);

    private static string? Read(IAIService service, string key)
    {
        ArgumentNullException.ThrowIfNull(service);
        return service.Attributes?.GetValueOrDefault(key) as string;
    }
}
