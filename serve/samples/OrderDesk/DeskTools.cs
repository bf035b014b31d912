using System.ComponentModel;
using Microsoft.SemanticKernel;

namespace OrderDesk;

/// <summary>What a model may look up in the desk's database.</summary>
/// <param name="store">The database.</param>
public sealed class DeskTools(DeskStore store)
{
    /// <summary>Pieces in stock.</summary>
    [KernelFunction("stock"), Description("How many pieces of a product are in stock.")]
    public int Stock([Description("The product's name.")] string product) => store.Product(product)?.Stock ?? 0;

    /// <summary>The price of one piece.</summary>
    [KernelFunction("price"), Description("What one piece of a product costs; null where it is not sold.")]
    public decimal? Price([Description("The product's name.")] string product) => store.Product(product)?.Price;

    /// <summary>A customer's discount.</summary>
    [KernelFunction("discount"), Description("A customer's discount in percent; null where the customer is unknown.")]
    public int? Discount([Description("The customer's name.")] string customer) => store.Discount(customer);
}
