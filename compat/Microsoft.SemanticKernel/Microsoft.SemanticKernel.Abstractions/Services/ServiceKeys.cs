using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.SemanticKernel.Services;

/// <summary>The keys (null: none) under which each service type was registered when the kernel was built.</summary>
internal sealed class ServiceKeys(IServiceCollection services)
{
    private readonly ILookup<Type, object?> _keys = services
        .Select(service => (service.ServiceType, service.ServiceKey))
        .Distinct()
        .ToLookup(pair => pair.ServiceType, pair => pair.ServiceKey);

    public IEnumerable<object?> Of(Type serviceType) => _keys[serviceType];
}
