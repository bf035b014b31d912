using MhcPipeline.Core;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.TextGeneration;

namespace MhcPipeline.Connector.SemanticKernel;

/// <summary>Registers an mHC model as <see cref="IChatCompletionService"/> and <see cref="ITextGenerationService"/>: one instance under both.</summary>
public static class MhcServiceCollectionExtensions
{
    /// <summary>A run in this process, loaded when the service is first asked for, unloaded with the container.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="runFolder">The run's folder, such as <c>runs/default</c>.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <param name="options">Threads, slots, queue and context; defaults where null.</param>
    /// <returns>The same services.</returns>
    /// <remarks>Asking for the service throws <see cref="PipelineException"/> where the run is missing or damaged.</remarks>
    public static IServiceCollection AddMhcChatCompletion(this IServiceCollection services, string runFolder, string? serviceId = null, EngineOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(runFolder);
        return Add(services, serviceId, () => new MhcChatCompletionService(MhcChatClient.Load(runFolder, options)));
    }

    /// <summary>An engine that is loaded already and stays the caller's.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddMhcChatCompletion(this IServiceCollection services, InferenceEngine engine, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return Add(services, serviceId, () => new MhcChatCompletionService(new MhcChatClient(engine)));
    }

    /// <summary>A model on a server.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="endpoint">The server's address, such as <c>http://127.0.0.1:8080</c>, with or without <c>/v1</c>.</param>
    /// <param name="modelId">The model's name, as the server's <c>/v1/models</c> lists it.</param>
    /// <param name="apiKey">Sent as a bearer token; null sends none.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <param name="httpClient">The client to send with, which stays the caller's; null makes one without a time limit.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">The endpoint is no http or https address, or the model's name is empty.</exception>
    public static IServiceCollection AddMhcChatCompletion(
        this IServiceCollection services, Uri endpoint, string modelId, string? apiKey = null, string? serviceId = null, HttpClient? httpClient = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentException.ThrowIfNullOrWhiteSpace(modelId);
        return Add(services, serviceId, () => new MhcChatCompletionService(new MhcHttpChatClient(endpoint, modelId, apiKey, httpClient)));
    }

    private static IServiceCollection Add(IServiceCollection services, string? serviceId, Func<MhcChatCompletionService> create)
    {
        ArgumentNullException.ThrowIfNull(services);

        // The two interfaces resolve to one instance: a second would load the model a second time.
        services.AddKeyedSingleton(serviceId, (_, _) => create());
        services.AddKeyedSingleton<IChatCompletionService>(serviceId, (provider, _) => provider.GetRequiredKeyedService<MhcChatCompletionService>(serviceId));
        services.AddKeyedSingleton<ITextGenerationService>(serviceId, (provider, _) => provider.GetRequiredKeyedService<MhcChatCompletionService>(serviceId));
        return services;
    }
}
