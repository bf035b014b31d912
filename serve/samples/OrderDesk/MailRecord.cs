namespace OrderDesk;

/// <summary>What a support e-mail is about.</summary>
public sealed record MailRecord(string Order, string Customer, string Product, string Date);
