using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MhcPipeline.Connector.Documents;

namespace OrderDesk;

/// <summary>Reads documents into records, and doubts what a clerk would doubt.</summary>
/// <param name="reader">Has the model.</param>
/// <param name="store">Has the catalogue to compare with.</param>
public sealed class Desk(DocumentReader reader, DeskStore store)
{
    /// <summary>A value that the model holds for less probable than this waits for a person.</summary>
    public const double LeastProbability = 0.8;

    /// <summary>How records are written: names as the model knows them, numbers as numbers.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.Strict,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>Everything about one document. One that the model cannot make a record of is doubted as a whole.</summary>
    public async Task<DeskEntry> ReadAsync(string file, string document, CancellationToken cancellationToken = default)
    {
        Stopwatch watch = Stopwatch.StartNew();
        string label = await reader.ClassifyAsync(document, cancellationToken: cancellationToken);
        try
        {
            return label switch
            {
                "order" => Entry(await reader.ExtractAsync<OrderRecord>(document, Json, cancellationToken)),
                "invoice" => Entry(await reader.ExtractAsync<InvoiceRecord>(document, Json, cancellationToken)),
                _ => Entry(await reader.ExtractAsync<MailRecord>(document, Json, cancellationToken)),
            };
        }
        catch (UnusableAnswerException unusable)
        {
            return new DeskEntry(file, label, [], [], new Dictionary<string, string> { ["document"] = unusable.Message }, watch.Elapsed);
        }

        DeskEntry Entry<T>(Extraction<T> read)
        {
            Dictionary<string, string> doubts = read.Doubtful(LeastProbability).ToDictionary(
                field => field.Path[1..],
                field => field.InDocument is false ? "not in the document" : FormattableString.Invariant($"probability {field.Probability:0.00}"));
            if (read.Value is OrderRecord order) Compare(order, doubts);
            return new DeskEntry(file, label, JsonSerializer.SerializeToNode(read.Value, Json)!.AsObject(), read.Fields, doubts, watch.Elapsed);
        }
    }

    private void Compare(OrderRecord order, Dictionary<string, string> doubts)
    {
        if (store.Product(order.Product) is not { } product)
            doubts.TryAdd("product", "not in the catalogue");
        else if (product.Price * order.Quantity != order.Total)
            doubts.TryAdd("total", FormattableString.Invariant($"{order.Quantity} at {product.Price} would be {product.Price * order.Quantity}"));
        else if (product.Stock < order.Quantity)
            doubts.TryAdd("quantity", $"only {product.Stock} in stock");
    }
}
