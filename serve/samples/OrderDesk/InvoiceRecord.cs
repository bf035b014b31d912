namespace OrderDesk;

/// <summary>An invoice.</summary>
public sealed record InvoiceRecord(string Invoice, string Customer, string Date, string Due, decimal Total);
