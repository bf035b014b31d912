using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace Microsoft.SemanticKernel;

public sealed class KernelArguments : AIFunctionArguments
{
    private IReadOnlyDictionary<string, PromptExecutionSettings>? _executionSettings;

    [JsonConstructor]
    public KernelArguments() : base(StringComparer.OrdinalIgnoreCase) { }

    public KernelArguments(PromptExecutionSettings? executionSettings)
        : this(executionSettings is null ? null : (IEnumerable<PromptExecutionSettings>)[executionSettings]) { }

    public KernelArguments(IEnumerable<PromptExecutionSettings>? executionSettings) : base(StringComparer.OrdinalIgnoreCase)
    {
        if (executionSettings is null) return;

        Dictionary<string, PromptExecutionSettings> byService = [];
        foreach (var settings in executionSettings)
        {
            var serviceId = settings.ServiceId ?? PromptExecutionSettings.DefaultServiceId;
            if (!byService.TryAdd(serviceId, settings))
                throw new ArgumentException($"Two prompt execution settings have the service id '{serviceId}'; give each its own.", nameof(executionSettings));
        }

        ExecutionSettings = byService;
    }

    public KernelArguments(IDictionary<string, object?> source, Dictionary<string, PromptExecutionSettings>? executionSettings = null)
        : base(source, StringComparer.OrdinalIgnoreCase) =>
        ExecutionSettings = executionSettings ?? (source as KernelArguments)?.ExecutionSettings;

    public IReadOnlyDictionary<string, PromptExecutionSettings>? ExecutionSettings
    {
        get => _executionSettings;
        set
        {
            foreach (var (key, settings) in value ?? new Dictionary<string, PromptExecutionSettings>())
            {
                if (!string.IsNullOrWhiteSpace(settings.ServiceId) && settings.ServiceId != key)
                    throw new ArgumentException($"Service id '{settings.ServiceId}' must match the key '{key}'.", nameof(value));
            }

            _executionSettings = value;
        }
    }

    public ICollection<string> Names => Keys;

    public bool ContainsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ContainsKey(name);
    }
}
