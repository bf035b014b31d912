namespace MhcPipeline.Train.Data;

/// <summary>
/// What goes into rows whole: a conversation, or part of a plain-text document, of at most block size + 1 tokens (a row's inputs and the
/// last one's target).
/// </summary>
internal sealed class Pieces
{
    private readonly List<long> _starts = [];
    private readonly List<int> _lengths = [];

    /// <summary>How many.</summary>
    internal int Count => _starts.Count;

    /// <summary>Conversations cut after an earlier answer, because the whole does not fit.</summary>
    internal long Shortened { get; private set; }

    /// <summary>Conversations of which not even the first answer fits.</summary>
    internal long LeftOut { get; private set; }

    /// <summary>Tokens of the longest conversation.</summary>
    internal long Longest { get; private set; }

    /// <summary>Where in the store a piece begins.</summary>
    internal long Start(int piece) => _starts[piece];

    /// <summary>Its tokens, from 2 to block size + 1.</summary>
    internal int Length(int piece) => _lengths[piece];

    /// <summary>Cuts the documents of <paramref name="index"/> for rows of <paramref name="blockSize"/>.</summary>
    internal static Pieces Of(TokenStore store, DocumentIndex index, int blockSize)
    {
        Pieces pieces = new();
        byte[] mask = new byte[blockSize + 2];
        for (long document = 0; document < index.Count; document++)
        {
            long start = index.StoreStart(document), length = index.Length(document);
            if (index.IsChat(document))
                pieces.AddConversation(store, start, length, mask);
            else
                pieces.AddText(start, length, blockSize);
        }
        return pieces;
    }

    private void AddConversation(TokenStore store, long start, long length, byte[] mask)
    {
        Longest = Math.Max(Longest, length);
        int fits = mask.Length - 1;
        if (length <= fits)
        {
            Add(start, (int)length);
            return;
        }
        // The last place where an answer ends, so that no answer is learnt by half.
        store.ReadMask(start, mask);
        int end = fits;
        while (end > 0 && !(mask[end - 1] == 1 && mask[end] == 0))
            end--;
        if (end == 0)
        {
            LeftOut++;
            return;
        }
        Shortened++;
        Add(start, end);
    }

    /// <summary>Neighbouring parts share a token: the target of one's last input is the other's first input.</summary>
    private void AddText(long start, long length, int blockSize)
    {
        for (long at = 0; at < length - 1; at += blockSize)
            Add(start + at, (int)Math.Min(blockSize + 1, length - at));
    }

    private void Add(long start, int length)
    {
        if (length < 2)
            return;
        _starts.Add(start);
        _lengths.Add(length);
    }
}
