using MhcPipeline.Core;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;
using Microsoft.SemanticKernel;

namespace MhcPipeline.Connector.SemanticKernel;

/// <summary>Adds an mHC model to a kernel, as its chat and text service.</summary>
public static class MhcKernelBuilderExtensions
{
    /// <summary>A run in this process, loaded when it is first used.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="runFolder">The run's folder, such as <c>runs/default</c>.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <param name="options">Threads, slots, queue and context; defaults where null.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>The first use throws <see cref="PipelineException"/> where the run is missing or damaged.</remarks>
    public static IKernelBuilder AddMhcChatCompletion(this IKernelBuilder builder, string runFolder, string? serviceId = null, EngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddMhcChatCompletion(runFolder, serviceId, options);
        return builder;
    }

    /// <summary>An engine that is loaded already and stays the caller's.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <returns>The same builder.</returns>
    public static IKernelBuilder AddMhcChatCompletion(this IKernelBuilder builder, InferenceEngine engine, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddMhcChatCompletion(engine, serviceId);
        return builder;
    }

    /// <summary>A model on a server.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="endpoint">The server's address, such as <c>http://127.0.0.1:8080</c>, with or without <c>/v1</c>.</param>
    /// <param name="modelId">The model's name, as the server's <c>/v1/models</c> lists it.</param>
    /// <param name="apiKey">Sent as a bearer token; null sends none.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <param name="httpClient">The client to send with, which stays the caller's; null makes one without a time limit.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The endpoint is no http or https address, or the model's name is empty.</exception>
    public static IKernelBuilder AddMhcChatCompletion(
        this IKernelBuilder builder, Uri endpoint, string modelId, string? apiKey = null, string? serviceId = null, HttpClient? httpClient = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddMhcChatCompletion(endpoint, modelId, apiKey, serviceId, httpClient);
        return builder;
    }
}
