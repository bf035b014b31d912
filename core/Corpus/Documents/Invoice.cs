namespace MhcPipeline.Core.Corpus.Documents;

/// <summary>Invoices: who owes how much, since when and until when.</summary>
internal static class Invoice
{
    private static readonly string[] _titles = ["Invoice", "INVOICE", "Bill", "Tax invoice"];
    private static readonly string[] _openings = ["Please find our invoice below.", "This is your invoice.", "We invoice as agreed.", "Here is the bill for our services."];

    // Wide enough that days of either partition are always in reach: of 90 days, about 11 are held out.
    private const int DaysToPay = 90;

    private static readonly string[] _prefixes = ["INV-", "R", "I", "F-", ""];

    private static readonly Wording _number = new(
        ["Invoice", "Invoice no.", "Bill number", "Document no."],
        ["The invoice number is {0}.", "This is invoice {0}.", "Please state invoice {0} when you pay.", "We booked it as invoice {0}."]);

    private static readonly Wording _customer = new(
        ["Bill to", "Customer", "Billed to", "Client"],
        ["It goes to {0}.", "The customer is {0}.", "We bill {0}.", "Please forward it to our customer {0}."]);

    private static readonly Wording _date = new(
        ["Date", "Invoice date", "Issued"],
        ["It was issued on {0}.", "The invoice is dated {0}.", "The date of the invoice is {0}."]);

    private static readonly Wording _due = new(
        ["Due", "Due date", "Pay by", "Payable until"],
        ["Please pay by {0}.", "It is due on {0}.", "Payment is due by {0}.", "The money must arrive before {0}."]);

    private static readonly Wording _total = new(
        ["Total", "Amount due", "To pay", "Grand total"],
        ["The total is {0}.", "The amount due is {0}.", "Please pay {0}.", "That makes {0} in total."]);

    public static BusinessDocument Write(DocumentBuilder document, int distractors)
    {
        document.State(_number, document.Field("invoice", document.Values.Number(_prefixes)));
        document.State(_customer, document.Field("customer", document.Random.Chance(30) ? document.Values.Person() : document.Values.Company()));
        DateOnly issued = document.Values.Day();
        document.State(_date, document.Field("date", document.Values.Spell(issued)));
        document.State(_due, document.Field("due", document.Values.Spell(document.Values.DayAfter(issued, DaysToPay))));
        document.State(_total, document.Money(document.Field("total", document.Values.Amount(), isNumber: true)));
        Distractors.Add(document, distractors);
        return document.Build(Letter.Write(document.Random, _titles, _openings, document.Facts), "invoice");
    }
}
