using MhcPipeline.Client.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace MhcPipeline.Client;

/// <summary>Registers a model that a server serves, as <see cref="IChatClient"/> and <see cref="MhcChatClient"/>.</summary>
public static class MhcClientServiceCollectionExtensions
{
    /// <summary>A model on a server.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="endpoint">The server's address, such as <c>http://127.0.0.1:8080</c>, with or without <c>/v1</c>.</param>
    /// <param name="model">The model's name, as the server's <c>/v1/models</c> lists it.</param>
    /// <param name="apiKey">Sent as a bearer token; null sends none.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <returns>For what is to stand around the client: functions, caching, logging, telemetry.</returns>
    public static ChatClientBuilder AddMhcChatClient(this IServiceCollection services, Uri endpoint, string model, string? apiKey = null, string? serviceId = null) =>
        services.AddMhcChatClient(
            options =>
            {
                options.Endpoint = endpoint;
                options.Model = model;
                options.ApiKey = apiKey;
            },
            serviceId);

    /// <summary>A model on a server that a configuration section names.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="section">Has the values of <see cref="MhcClientOptions"/>.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <returns>For what is to stand around the client: functions, caching, logging, telemetry.</returns>
    public static ChatClientBuilder AddMhcChatClient(this IServiceCollection services, IConfiguration section, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(section);
        return Add(services, options => options.Bind(section), serviceId);
    }

    /// <summary>A model on a server. The address is validated when the application starts; connections come from <see cref="IHttpClientFactory"/>.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <param name="serviceId">The key to register under, and the options' name; null registers without one.</param>
    /// <returns>For what is to stand around the client: functions, caching, logging, telemetry.</returns>
    /// <remarks>The <see cref="HttpClient"/> is the factory's <see cref="HttpClientName"/> of this key: handlers, such as for retries, are added to that.</remarks>
    public static ChatClientBuilder AddMhcChatClient(this IServiceCollection services, Action<MhcClientOptions> configure, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(services, options => options.Configure(configure), serviceId);
    }

    /// <summary>The name of the <see cref="HttpClient"/> that <see cref="IHttpClientFactory"/> makes for a client.</summary>
    /// <param name="serviceId">The client's key; null without one.</param>
    public static string HttpClientName(string? serviceId = null) => serviceId is null ? "mhc" : $"mhc:{serviceId}";

    private static ChatClientBuilder Add(IServiceCollection services, Action<OptionsBuilder<MhcClientOptions>> bind, string? serviceId)
    {
        ArgumentNullException.ThrowIfNull(services);
        string name = serviceId ?? Options.DefaultName;
        bind(services.AddOptions<MhcClientOptions>(name).ValidateOnStart());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MhcClientOptions>, MhcClientOptionsValidation>());
        services.AddHttpClient(HttpClientName(serviceId))
            .ConfigureHttpClient((provider, http) =>
                http.Timeout = provider.GetRequiredService<IOptionsMonitor<MhcClientOptions>>().Get(name).Timeout ?? Timeout.InfiniteTimeSpan)
            // The client lives as long as the container, and its handler with it: connections are renewed, not handlers.
            .UseSocketsHttpHandler((handler, _) => handler.PooledConnectionLifetime = ApiConnection.ConnectionLifetime)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        services.TryAddKeyedSingleton(serviceId, (provider, _) =>
        {
            MhcClientOptions options = provider.GetRequiredService<IOptionsMonitor<MhcClientOptions>>().Get(name);
            return new MhcChatClient(options.Endpoint!, options.Model!, options.ApiKey, provider.GetRequiredService<IHttpClientFactory>().CreateClient(HttpClientName(serviceId)));
        });
        return services.AddKeyedChatClient(serviceId, provider => provider.GetRequiredKeyedService<MhcChatClient>(serviceId));
    }
}
