using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MhcPipeline.Client;

/// <summary>Adds a model to an application's health.</summary>
public static class MhcHealthChecksBuilderExtensions
{
    /// <summary>Healthy while the model can be asked: its server answers and serves it, or its engine is loaded. The model itself is not asked.</summary>
    /// <param name="builder">The application's health checks.</param>
    /// <param name="serviceId">The key that the client is registered under; null for the one without.</param>
    /// <param name="name">The check's name; null is <c>mhc</c>, and the key behind it.</param>
    /// <param name="failureStatus">What the application is while the model cannot be asked; null is unhealthy.</param>
    /// <param name="tags">Select checks, such as those for readiness.</param>
    /// <param name="timeout">Longest wait; null is ten seconds.</param>
    /// <returns>The same builder.</returns>
    public static IHealthChecksBuilder AddMhcHealthCheck(
        this IHealthChecksBuilder builder, string? serviceId = null, string? name = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name ?? (serviceId is null ? "mhc" : $"mhc:{serviceId}"),
            provider => new MhcHealthCheck(() => provider.GetRequiredKeyedService<MhcChatClient>(serviceId)),
            failureStatus,
            tags,
            timeout ?? TimeSpan.FromSeconds(10)));
    }
}
