using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.SemanticKernel.Services;

namespace Microsoft.SemanticKernel;

public sealed class Kernel
{
    private CultureInfo _culture = CultureInfo.InvariantCulture;

    public Kernel(IServiceProvider? services = null, KernelPluginCollection? plugins = null)
    {
        Services = services ?? EmptyServiceProvider.Instance;
        Plugins = plugins
            ?? Services.GetService<KernelPluginCollection>()
            ?? new KernelPluginCollection(Services.GetServices<KernelPlugin>());
    }

    public KernelPluginCollection Plugins { get; }

    public IServiceProvider Services { get; }

    [AllowNull]
    public CultureInfo Culture
    {
        get => _culture;
        set => _culture = value ?? CultureInfo.InvariantCulture;
    }

    public ILoggerFactory LoggerFactory => Services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;

    public IAIServiceSelector ServiceSelector => Services.GetService<IAIServiceSelector>() ?? OrderedAIServiceSelector.Instance;

    public IDictionary<string, object?> Data { get; private init; } = new Dictionary<string, object?>();

    public static IKernelBuilder CreateBuilder() => new KernelBuilder(new ServiceCollection(), canBuild: true);

    public Kernel Clone() => new(Services, new KernelPluginCollection(Plugins))
    {
        Culture = Culture,
        Data = new Dictionary<string, object?>(Data),
    };

    /// <remarks>Without a key, a service registered under a key is found too, as the last resort.</remarks>
    public T GetRequiredService<T>(object? serviceKey = null) where T : class
    {
        if (serviceKey is null)
            return Services.GetService<T>() ?? GetAllServices<T>().LastOrDefault()
                ?? throw new KernelException($"Service of type '{typeof(T)}' not registered.");

        if (Services is not IKeyedServiceProvider)
            throw new KernelException($"Key '{serviceKey}' specified but the service provider has no keyed services.");
        return Services.GetKeyedService<T>(serviceKey)
            ?? throw new KernelException($"Service of type '{typeof(T)}' and key '{serviceKey}' not registered.");
    }

    public IEnumerable<T> GetAllServices<T>() where T : class
    {
        // The container cannot enumerate one type's services over all keys; Build() leaves the list of keys for that.
        if (Services.GetService<ServiceKeys>() is { } keys)
            return keys.Of(typeof(T)).SelectMany(key => key is null ? Services.GetServices<T>() : Services.GetKeyedServices<T>(key));
        return Services.GetServices<T>();
    }

    public Task<FunctionResult> InvokeAsync(KernelFunction function, KernelArguments? arguments = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return function.InvokeAsync(this, arguments, cancellationToken);
    }

    public Task<FunctionResult> InvokeAsync(string? pluginName, string functionName, KernelArguments? arguments = null, CancellationToken cancellationToken = default) =>
        Find(pluginName, functionName).InvokeAsync(this, arguments, cancellationToken);

    public async Task<TResult?> InvokeAsync<TResult>(KernelFunction function, KernelArguments? arguments = null, CancellationToken cancellationToken = default) =>
        (await InvokeAsync(function, arguments, cancellationToken).ConfigureAwait(false)).GetValue<TResult>();

    public async Task<TResult?> InvokeAsync<TResult>(string? pluginName, string functionName, KernelArguments? arguments = null, CancellationToken cancellationToken = default) =>
        (await InvokeAsync(pluginName, functionName, arguments, cancellationToken).ConfigureAwait(false)).GetValue<TResult>();

    public IAsyncEnumerable<StreamingKernelContent> InvokeStreamingAsync(KernelFunction function, KernelArguments? arguments = null, CancellationToken cancellationToken = default) =>
        InvokeStreamingAsync<StreamingKernelContent>(function, arguments, cancellationToken);

    public IAsyncEnumerable<StreamingKernelContent> InvokeStreamingAsync(string? pluginName, string functionName, KernelArguments? arguments = null, CancellationToken cancellationToken = default) =>
        InvokeStreamingAsync<StreamingKernelContent>(pluginName, functionName, arguments, cancellationToken);

    public IAsyncEnumerable<T> InvokeStreamingAsync<T>(KernelFunction function, KernelArguments? arguments = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return function.InvokeStreamingAsync<T>(this, arguments, cancellationToken);
    }

    public IAsyncEnumerable<T> InvokeStreamingAsync<T>(string? pluginName, string functionName, KernelArguments? arguments = null, CancellationToken cancellationToken = default) =>
        Find(pluginName, functionName).InvokeStreamingAsync<T>(this, arguments, cancellationToken);

    private KernelFunction Find(string? pluginName, string functionName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(functionName);
        return Plugins.GetFunction(pluginName, functionName);
    }
}
