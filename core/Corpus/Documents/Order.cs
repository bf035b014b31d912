namespace MhcPipeline.Core.Corpus.Documents;

/// <summary>Purchase orders: who orders how much of what, when, for how much.</summary>
internal static class Order
{
    private static readonly string[] _titles = ["Purchase order", "ORDER", "New order", "Order form", "Sales order"];
    private static readonly string[] _openings = ["We have a new order.", "Please confirm this order.", "An order came in.", "We would like to order."];
    private static readonly string[] _prefixes = ["A-", "B", "SO-", "K", ""];

    private static readonly Wording _number = new(
        ["Order", "Order no.", "Order number", "Our order"],
        ["The order number is {0}.", "It is order {0}.", "Please file it under order {0}.", "Order {0} is confirmed."]);

    private static readonly Wording _customer = new(
        ["Customer", "Client", "Buyer", "Ordered by"],
        ["The customer is {0}.", "It was ordered by {0}.", "Our client {0} sent it.", "The buyer is {0}."]);

    private static readonly Wording _product = new(
        ["Item", "Product", "Article", "Goods"],
        ["The item is: {0}.", "They need this product: {0}.", "The article is called {0}.", "We want the {0}."]);

    private static readonly Wording _quantity = new(
        ["Quantity", "Qty", "Pieces", "Units"],
        ["The quantity is {0}.", "We need {0} pieces.", "Please send {0} units.", "That makes {0} pieces."]);

    private static readonly Wording _both = new(
        ["Item", "Position", "Goods"],
        ["They ordered {0}.", "Please send {0}.", "We need {0}."]);

    private static readonly Wording _date = new(
        ["Date", "Order date", "Ordered on"],
        ["It was placed on {0}.", "The order is dated {0}.", "The date of the order is {0}."]);

    private static readonly Wording _total = new(
        ["Total", "Sum", "Order total", "Amount"],
        ["The total is {0}.", "That comes to {0} in total.", "The sum is {0}.", "In total it costs {0}."]);

    public static BusinessDocument Write(DocumentBuilder document, int distractors)
    {
        document.State(_number, document.Field("order", document.Values.Number(_prefixes)));
        document.State(_customer, document.Field("customer", document.Random.Chance(50) ? document.Values.Person() : document.Values.Company()));
        string product = document.Field("product", document.Values.Product());
        string quantity = document.Field("quantity", document.Values.Quantity(), isNumber: true);
        if (document.Random.Chance(40))
        {
            document.State(_both, $"{quantity} x {product}");
        }
        else
        {
            document.State(_product, product);
            document.State(_quantity, quantity);
        }
        document.State(_date, document.Field("date", document.Values.Spell(document.Values.Day())));
        document.State(_total, document.Money(document.Field("total", document.Values.Amount(), isNumber: true)));
        Distractors.Add(document, distractors);
        return document.Build(Letter.Write(document.Random, _titles, _openings, document.Facts), "order");
    }
}
