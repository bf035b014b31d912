using MhcPipeline.Client;
using MhcPipeline.Connector.Documents;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

namespace OrderDesk;

/// <summary>The desk in Agent Framework: an order read into its type, and a question that the model answers with the database's functions.</summary>
public static class AgentFrameworkClerk
{
    /// <summary>Reads the order, and says whether it can be delivered.</summary>
    public static async Task<(Extraction<OrderRecord> Order, string Answer)> HandleAsync(MhcChatClient client, DeskStore store, string document)
    {
        DeskTools tools = new(store);
        ChatClientAgent clerk = new(client, new ChatClientAgentOptions
        {
            Name = "clerk",
            ChatOptions = new ChatOptions
            {
                MaxOutputTokens = 400,
                Tools = [AIFunctionFactory.Create(tools.Stock, "desk_stock"), AIFunctionFactory.Create(tools.Price, "desk_price"), AIFunctionFactory.Create(tools.Discount, "desk_discount")],
            },
        });

        Extraction<OrderRecord> order = await new DocumentReader(client).ExtractAsync<OrderRecord>(document, Desk.Json);
        AgentResponse answer = await clerk.RunAsync($"How many pieces of {order.Value.Product} are in stock?");
        return (order, answer.Text);
    }
}
