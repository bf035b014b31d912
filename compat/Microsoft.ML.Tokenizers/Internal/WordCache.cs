namespace Microsoft.ML.Tokenizers.Internal;

/// <summary>
/// Remembers encoded pieces: a direct-mapped table, so it never grows, and readers and writers need no lock
/// (an entry is one immutable object, replaced as a whole).
/// </summary>
internal sealed class WordCache
{
    public const int LongestText = 32;

    private const int Size = 1 << 15;

    private readonly Word?[] _words = new Word?[Size];

    public Word? Find(ReadOnlySpan<char> text, out int slot)
    {
        slot = (int)(Hash(text) & (Size - 1));
        Word? word = Volatile.Read(ref _words[slot]);
        return word is not null && text.SequenceEqual(word.Text) ? word : null;
    }

    public void Store(int slot, Word word) => Volatile.Write(ref _words[slot], word);

    private static uint Hash(ReadOnlySpan<char> text)
    {
        uint hash = (uint)text.Length;
        foreach (char c in text)
            hash = (hash ^ c) * 0x9E3779B1;
        return hash ^ (hash >> 15);
    }
}
