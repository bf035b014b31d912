using MhcPipeline.Client;
using MhcPipeline.Connector.Documents;
using MhcPipeline.Connector.Plugins;
using MhcPipeline.Connector.SemanticKernel;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace OrderDesk;

/// <summary>The desk in Semantic Kernel: an order read into its type, and a question that the model answers with the database's functions.</summary>
public static class SemanticKernelClerk
{
    /// <summary>Reads the order, and says whether it can be delivered.</summary>
    public static async Task<(Extraction<OrderRecord> Order, string Answer)> HandleAsync(MhcChatClient client, DeskStore store, string document)
    {
        IKernelBuilder builder = Kernel.CreateBuilder();
        builder.Services.AddSingleton<IChatClient>(client).AddSingleton(client.AsBuilder().UseKernelFunctionInvocation().Build().AsChatCompletionService());
        builder.Plugins.AddFromObject(new DeskTools(store), "desk");
        Kernel kernel = builder.Build();

        Extraction<OrderRecord> order = await new BusinessDocumentsPlugin().ExtractAsync<OrderRecord>(kernel, document, Desk.Json);
        MhcPromptExecutionSettings settings = new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(), MaxTokens = 400 };
        FunctionResult answer = await kernel.InvokePromptAsync($"How many pieces of {order.Value.Product} are in stock?", new(settings));
        return (order, answer.ToString());
    }
}
