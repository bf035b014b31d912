namespace MhcPipeline.Train.Data;

/// <summary>
/// The documents of one side of the split. The file holds two int64 a document: where it begins in this side's own stream (all its documents
/// end to end), and where it begins in the <see cref="TokenStore"/>, with the top bit set for a conversation. One more pair ends the stream.
/// </summary>
internal sealed class DocumentIndex(string path) : IDisposable
{
    private const long ChatFlag = long.MinValue;
    private readonly MappedArray<long> _pairs = new(path);

    internal long Count => (_pairs.Length / 2) - 1;

    /// <summary>Tokens of all documents.</summary>
    internal long Tokens => _pairs[_pairs.Length - 2];

    internal long StreamStart(long document) => _pairs[2 * document];

    internal long StoreStart(long document) => _pairs[(2 * document) + 1] & ~ChatFlag;

    internal bool IsChat(long document) => _pairs[(2 * document) + 1] < 0;

    internal long Length(long document) => StreamStart(document + 1) - StreamStart(document);

    /// <summary>The document that holds the token at <paramref name="position"/> of the stream.</summary>
    internal long Find(long position)
    {
        long low = 0, high = Count - 1;
        while (low < high)
        {
            long middle = (low + high + 1) / 2;
            if (StreamStart(middle) <= position)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }

    public void Dispose() => _pairs.Dispose();

    /// <summary>Writes the index of <paramref name="documents"/>, which lie in the store in this order; tells their tokens and number.</summary>
    internal static (long Tokens, long Documents) Write(string path, IEnumerable<StoredDocument> documents)
    {
        long stream = 0, count = 0;
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        using var writer = new BinaryWriter(file);
        foreach (StoredDocument document in documents)
        {
            writer.Write(stream);
            writer.Write(document.Start | (document.IsChat ? ChatFlag : 0));
            stream += document.Length;
            count++;
        }
        writer.Write(stream);
        writer.Write(0L);
        writer.Flush();
        file.Flush(flushToDisk: true);
        return (stream, count);
    }
}
