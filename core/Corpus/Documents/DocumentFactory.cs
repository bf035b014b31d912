using MhcPipeline.Core.Corpus.Values;

namespace MhcPipeline.Core.Corpus.Documents;

/// <summary>Makes one document of any kind.</summary>
internal static class DocumentFactory
{
    public static BusinessDocument Create(SeededRandom random, Partition partition, int distractors)
    {
        DocumentBuilder document = new(random, new ValueSource(random, partition));
        return random.Below(3) switch
        {
            0 => Order.Write(document, distractors),
            1 => Invoice.Write(document, distractors),
            _ => SupportMail.Write(document, distractors),
        };
    }
}
