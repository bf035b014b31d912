using MhcPipeline.Core.Seeds;

namespace MhcPipeline.Train.Data;

/// <summary>Divides documents into those to learn from and those to validate on.</summary>
internal static class DataSplit
{
    /// <summary>Fewer plain-text documents than this are not divided as wholes: the share would be too coarse.</summary>
    internal const int FewDocuments = 20;

    /// <summary>
    /// Chooses whole documents by <paramref name="seed"/>; from few plain-text documents, as nanoGPT does, takes the end of the text instead.
    /// </summary>
    internal static (IEnumerable<StoredDocument> Train, IEnumerable<StoredDocument> Validation) Divide(
        IReadOnlyList<StoredDocument> documents, double fraction, ulong seed)
    {
        if (documents.Count < FewDocuments && !documents.Any(document => document.IsChat))
        {
            long tokens = documents.Sum(document => document.Length);
            long border = tokens - (long)Math.Round(fraction * tokens);
            return (Cut(documents, 0, border), Cut(documents, border, tokens));
        }
        long count = Math.Clamp((long)Math.Round(fraction * documents.Count), Math.Min(1, documents.Count - 1), documents.Count - 1);
        Permutation order = new(SplitMix64.Hash(seed, 0x5011D), documents.Count);
        return (Choose(documents, order, place => place >= count), Choose(documents, order, place => place < count));
    }

    private static IEnumerable<StoredDocument> Choose(IReadOnlyList<StoredDocument> documents, Permutation order, Func<long, bool> chosen)
    {
        for (int i = 0; i < documents.Count; i++)
        {
            if (chosen(order[i]))
                yield return documents[i];
        }
    }

    /// <summary>What of the documents lies between two positions of their stream.</summary>
    private static IEnumerable<StoredDocument> Cut(IEnumerable<StoredDocument> documents, long from, long to)
    {
        long at = 0;
        foreach (StoredDocument document in documents)
        {
            long start = Math.Max(from, at), end = Math.Min(to, at + document.Length);
            if (start < end)
                yield return new StoredDocument(document.Start + start - at, end - start, document.IsChat);
            at += document.Length;
        }
    }
}
