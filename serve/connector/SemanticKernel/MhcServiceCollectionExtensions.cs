using MhcPipeline.Client;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.TextGeneration;

namespace MhcPipeline.Connector.SemanticKernel;

/// <summary>
/// Registers an mHC model for Semantic Kernel: <see cref="IChatCompletionService"/> is the library's own over an <see cref="IChatClient"/>, with the library's
/// function calling, telemetry and logging around it; <see cref="ITextGenerationService"/> continues plain text. What is registered under one key is one model, loaded once.
/// </summary>
public static class MhcServiceCollectionExtensions
{
    /// <summary>Chat with a run in this process, loaded when the service is first asked for, unloaded with the container.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="runFolder">The run's folder, such as <c>runs/default</c>.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <param name="options">Threads, slots, queue and context; defaults where null.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddMhcChatCompletion(this IServiceCollection services, string runFolder, string? serviceId = null, EngineOptions? options = null) =>
        AddChat(services, serviceId, () => services.AddMhcChatClient(runFolder, serviceId, options));

    /// <summary>Chat with an engine that is loaded already and stays the caller's.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddMhcChatCompletion(this IServiceCollection services, InferenceEngine engine, string? serviceId = null) =>
        AddChat(services, serviceId, () => services.AddMhcChatClient(engine, serviceId));

    /// <summary>Chat with a model on a server.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="endpoint">The server's address, such as <c>http://127.0.0.1:8080</c>, with or without <c>/v1</c>.</param>
    /// <param name="modelId">The model's name, as the server's <c>/v1/models</c> lists it.</param>
    /// <param name="apiKey">Sent as a bearer token; null sends none.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddMhcChatCompletion(this IServiceCollection services, Uri endpoint, string modelId, string? apiKey = null, string? serviceId = null) =>
        AddChat(services, serviceId, () => services.AddMhcChatClient(endpoint, modelId, apiKey, serviceId));

    /// <summary>Chat with the model that a configuration section names: a run in this process (<see cref="MhcRunOptions"/>) where it has a RunFolder, else one on a server (<see cref="MhcClientOptions"/>).</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="section">The section.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddMhcChatCompletion(this IServiceCollection services, IConfiguration section, string? serviceId = null) =>
        AddChat(services, serviceId, () => AddClient(services, section, serviceId));

    /// <summary>Text by a run in this process, loaded when the service is first asked for, unloaded with the container.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="runFolder">The run's folder, such as <c>runs/default</c>.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <param name="options">Threads, slots, queue and context; defaults where null.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddMhcTextGeneration(this IServiceCollection services, string runFolder, string? serviceId = null, EngineOptions? options = null) =>
        AddText(services, serviceId, () => services.AddMhcChatClient(runFolder, serviceId, options));

    /// <summary>Text by an engine that is loaded already and stays the caller's.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddMhcTextGeneration(this IServiceCollection services, InferenceEngine engine, string? serviceId = null) =>
        AddText(services, serviceId, () => services.AddMhcChatClient(engine, serviceId));

    /// <summary>Text by a model on a server.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="endpoint">The server's address, such as <c>http://127.0.0.1:8080</c>, with or without <c>/v1</c>.</param>
    /// <param name="modelId">The model's name, as the server's <c>/v1/models</c> lists it.</param>
    /// <param name="apiKey">Sent as a bearer token; null sends none.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddMhcTextGeneration(this IServiceCollection services, Uri endpoint, string modelId, string? apiKey = null, string? serviceId = null) =>
        AddText(services, serviceId, () => services.AddMhcChatClient(endpoint, modelId, apiKey, serviceId));

    /// <summary>Text by the model that a configuration section names, as for chat.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="section">The section.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddMhcTextGeneration(this IServiceCollection services, IConfiguration section, string? serviceId = null) =>
        AddText(services, serviceId, () => AddClient(services, section, serviceId));

    /// <summary>The name of the activity source and meter that Semantic Kernel's calls of the model report to: spans and metrics of OpenTelemetry's GenAI conventions.</summary>
    public const string TelemetrySource = "MhcPipeline";

    private static ChatClientBuilder AddClient(IServiceCollection services, IConfiguration section, string? serviceId)
    {
        ArgumentNullException.ThrowIfNull(section);
        return section[nameof(MhcRunOptions.RunFolder)] is null ? services.AddMhcChatClient(section, serviceId) : services.AddMhcRun(section, serviceId);
    }

    private static IServiceCollection AddChat(IServiceCollection services, string? serviceId, Func<ChatClientBuilder> addClient)
    {
        AddOnce(services, serviceId, addClient);
        return services.AddKeyedSingleton(serviceId, (provider, _) =>
        {
            var client = provider.GetRequiredKeyedService<IChatClient>(serviceId);
            if (client.GetService<FunctionInvokingChatClient>() is null)
                client = client.AsBuilder().UseKernelFunctionInvocation(provider.GetService<ILoggerFactory>()).Build(provider);
            return client.AsChatCompletionService(provider);
        });
    }

    private static IServiceCollection AddText(IServiceCollection services, string? serviceId, Func<ChatClientBuilder> addClient)
    {
        AddOnce(services, serviceId, addClient);
        return services.AddKeyedSingleton<ITextGenerationService>(serviceId, (provider, _) => new MhcTextGenerationService(provider.GetRequiredKeyedService<MhcChatClient>(serviceId)));
    }

    /// <summary>The client under this key, unless the application has registered one: then that one is used, with what it put around it.</summary>
    private static void AddOnce(IServiceCollection services, string? serviceId, Func<ChatClientBuilder> addClient)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(service => service.ServiceType == typeof(MhcChatClient) && Equals(service.ServiceKey, serviceId))) return;
        services.AddLogging();
        addClient().UseOpenTelemetry(sourceName: TelemetrySource).UseLogging();
    }
}
