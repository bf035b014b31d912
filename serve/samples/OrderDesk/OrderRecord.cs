namespace OrderDesk;

/// <summary>An order, in the fields and their order that the default model was trained on; dates as the document spells them.</summary>
public sealed record OrderRecord(string Order, string Customer, string Product, int Quantity, string Date, decimal Total);
