using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;
using Microsoft.Extensions.Configuration;
using Microsoft.SemanticKernel;

namespace MhcPipeline.Connector.SemanticKernel;

/// <summary>Adds an mHC model to a kernel, as its chat or text service; see <see cref="MhcServiceCollectionExtensions"/>.</summary>
public static class MhcKernelBuilderExtensions
{
    /// <summary>Chat with a run in this process, loaded when it is first used.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="runFolder">The run's folder, such as <c>runs/default</c>.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <param name="options">Threads, slots, queue and context; defaults where null.</param>
    /// <returns>The same builder.</returns>
    public static IKernelBuilder AddMhcChatCompletion(this IKernelBuilder builder, string runFolder, string? serviceId = null, EngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddMhcChatCompletion(runFolder, serviceId, options);
        return builder;
    }

    /// <summary>Chat with an engine that is loaded already and stays the caller's.</summary>
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

    /// <summary>Chat with a model on a server.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="endpoint">The server's address, such as <c>http://127.0.0.1:8080</c>, with or without <c>/v1</c>.</param>
    /// <param name="modelId">The model's name, as the server's <c>/v1/models</c> lists it.</param>
    /// <param name="apiKey">Sent as a bearer token; null sends none.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <returns>The same builder.</returns>
    public static IKernelBuilder AddMhcChatCompletion(this IKernelBuilder builder, Uri endpoint, string modelId, string? apiKey = null, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddMhcChatCompletion(endpoint, modelId, apiKey, serviceId);
        return builder;
    }

    /// <summary>Chat with the model that a configuration section names: a run where it has a RunFolder, else one on a server.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="section">The section.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <returns>The same builder.</returns>
    public static IKernelBuilder AddMhcChatCompletion(this IKernelBuilder builder, IConfiguration section, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddMhcChatCompletion(section, serviceId);
        return builder;
    }

    /// <summary>Text by a run in this process, loaded when it is first used.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="runFolder">The run's folder, such as <c>runs/default</c>.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <param name="options">Threads, slots, queue and context; defaults where null.</param>
    /// <returns>The same builder.</returns>
    public static IKernelBuilder AddMhcTextGeneration(this IKernelBuilder builder, string runFolder, string? serviceId = null, EngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddMhcTextGeneration(runFolder, serviceId, options);
        return builder;
    }

    /// <summary>Text by an engine that is loaded already and stays the caller's.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <returns>The same builder.</returns>
    public static IKernelBuilder AddMhcTextGeneration(this IKernelBuilder builder, InferenceEngine engine, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddMhcTextGeneration(engine, serviceId);
        return builder;
    }

    /// <summary>Text by a model on a server.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="endpoint">The server's address, such as <c>http://127.0.0.1:8080</c>, with or without <c>/v1</c>.</param>
    /// <param name="modelId">The model's name, as the server's <c>/v1/models</c> lists it.</param>
    /// <param name="apiKey">Sent as a bearer token; null sends none.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <returns>The same builder.</returns>
    public static IKernelBuilder AddMhcTextGeneration(this IKernelBuilder builder, Uri endpoint, string modelId, string? apiKey = null, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddMhcTextGeneration(endpoint, modelId, apiKey, serviceId);
        return builder;
    }

    /// <summary>Text by the model that a configuration section names, as for chat.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="section">The section.</param>
    /// <param name="serviceId">The key to register under; null registers without one.</param>
    /// <returns>The same builder.</returns>
    public static IKernelBuilder AddMhcTextGeneration(this IKernelBuilder builder, IConfiguration section, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddMhcTextGeneration(section, serviceId);
        return builder;
    }
}
