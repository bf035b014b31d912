using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MhcPipeline.Client;

/// <summary>Looks whether a model can be asked. What stops it, loading a run included, is the check's message.</summary>
internal sealed class MhcHealthCheck(Func<MhcChatClient> client) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            return HealthCheckResult.Healthy(await client().CheckAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, failed.Message, failed);
        }
    }
}
