using MhcPipeline.Client;
using MhcPipeline.Client.Contract;
using MhcPipeline.Connector.Plugins;
using MhcPipeline.Connector.SemanticKernel;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace OrderDesk;

/// <summary>A kernel with a model, from a run or a server, and the plugin that reads business documents.</summary>
internal static class DeskKernel
{
    /// <summary>The model of a run folder, in this process; it is loaded when it is first asked.</summary>
    public static Kernel ForRun(string runFolder) => WithPlugin(Kernel.CreateBuilder().AddMhcChatCompletion(runFolder));

    /// <summary>The model that a server serves.</summary>
    /// <exception cref="MhcServiceException">The server cannot be reached or serves no model.</exception>
    public static async Task<Kernel> ForServerAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        using var client = await MhcChatClient.ConnectAsync(endpoint, cancellationToken: cancellationToken);
        string model = client.GetService<ChatClientMetadata>()!.DefaultModelId!;
        return WithPlugin(Kernel.CreateBuilder().AddMhcChatCompletion(endpoint, model));
    }

    private static Kernel WithPlugin(IKernelBuilder builder)
    {
        builder.Plugins.AddFromType<BusinessDocumentsPlugin>(Desk.PluginName);
        return builder.Build();
    }
}
