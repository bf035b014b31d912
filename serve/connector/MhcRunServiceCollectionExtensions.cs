using MhcPipeline.Client;
using MhcPipeline.Core;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace MhcPipeline.Connector;

/// <summary>Registers a model in this process, as <see cref="IChatClient"/> and <see cref="MhcChatClient"/>.</summary>
public static class MhcRunServiceCollectionExtensions
{
    /// <summary>A run in this process, loaded when the client is first asked for, unloaded with the container.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="runFolder">The run's folder, such as <c>runs/default</c>.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <param name="options">Threads, slots, queue and context; defaults where null.</param>
    /// <returns>For what is to stand around the client: functions, caching, logging, telemetry.</returns>
    /// <remarks>Asking for the client throws <see cref="OptionsValidationException"/> where there is no such run, and <see cref="PipelineException"/> where it is damaged.</remarks>
    public static ChatClientBuilder AddMhcChatClient(this IServiceCollection services, string runFolder, string? serviceId = null, EngineOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(runFolder);
        return Add(
            services,
            builder => builder.Configure(run =>
            {
                run.RunFolder = runFolder;
                run.Engine = options ?? run.Engine;
            }),
            serviceId);
    }

    /// <summary>A run in this process that a configuration section names; otherwise as for a folder.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="section">Has the values of <see cref="MhcRunOptions"/>.</param>
    /// <param name="serviceId">The key to register under, and the options' name; null registers without one.</param>
    /// <returns>For what is to stand around the client: functions, caching, logging, telemetry.</returns>
    public static ChatClientBuilder AddMhcRun(this IServiceCollection services, IConfiguration section, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(section);
        return Add(services, builder => builder.Bind(section), serviceId);
    }

    /// <summary>An engine that is loaded already and stays the caller's.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <returns>For what is to stand around the client: functions, caching, logging, telemetry.</returns>
    public static ChatClientBuilder AddMhcChatClient(this IServiceCollection services, InferenceEngine engine, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(engine);
        services.TryAddKeyedSingleton(serviceId, (_, _) => engine.AsChatClient());
        return services.AddKeyedChatClient(serviceId, provider => provider.GetRequiredKeyedService<MhcChatClient>(serviceId));
    }

    private static ChatClientBuilder Add(IServiceCollection services, Action<OptionsBuilder<MhcRunOptions>> bind, string? serviceId)
    {
        ArgumentNullException.ThrowIfNull(services);
        string name = serviceId ?? Options.DefaultName;
        bind(services.AddOptions<MhcRunOptions>(name).ValidateOnStart());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MhcRunOptions>, MhcRunOptionsValidation>());
        services.TryAddKeyedSingleton(serviceId, (provider, _) =>
        {
            MhcRunOptions options = provider.GetRequiredService<IOptionsMonitor<MhcRunOptions>>().Get(name);
            return InferenceEngine.Load(options.RunFolder!, options.Engine).AsChatClient(ownsEngine: true);
        });
        return services.AddKeyedChatClient(serviceId, provider => provider.GetRequiredKeyedService<MhcChatClient>(serviceId));
    }
}
