using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.SemanticKernel.Services;

/// <summary>Picks a service by the settings' service id, then by their model id, then (default settings or none) the last one registered.</summary>
internal sealed class OrderedAIServiceSelector : IAIServiceSelector
{
    public static OrderedAIServiceSelector Instance { get; } = new();

    public bool TrySelectAIService<T>(
        Kernel kernel,
        KernelFunction function,
        KernelArguments arguments,
        [NotNullWhen(true)] out T? service,
        out PromptExecutionSettings? serviceSettings) where T : class, IAIService
    {
        var candidates = arguments.ExecutionSettings ?? function.ExecutionSettings;
        serviceSettings = null;
        if (candidates is null or { Count: 0 })
            return (service = kernel.GetAllServices<T>().LastOrDefault()) is not null;

        foreach (var (id, settings) in candidates)
        {
            if (IsDefault(id)) continue;
            if ((service = kernel.Services.GetKeyedService<T>(id)) is null) continue;
            serviceSettings = settings;
            return true;
        }

        foreach (var settings in candidates.Values)
        {
            if (string.IsNullOrEmpty(settings.ModelId)) continue;
            if ((service = kernel.GetAllServices<T>().FirstOrDefault(s => s.GetModelId() == settings.ModelId)) is null) continue;
            serviceSettings = settings;
            return true;
        }

        foreach (var (id, settings) in candidates)
        {
            if (!IsDefault(id)) continue;
            if ((service = kernel.GetAllServices<T>().LastOrDefault()) is null) continue;
            serviceSettings = settings;
            return true;
        }

        service = null;
        return false;
    }

    private static bool IsDefault(string id) =>
        string.IsNullOrEmpty(id) || id.Equals(PromptExecutionSettings.DefaultServiceId, StringComparison.OrdinalIgnoreCase);
}
