namespace MhcPipeline.Constraints.Vocabularies;

/// <summary>A prefix of tokens.</summary>
internal struct TrieNode
{
    /// <summary>The last byte of the prefix.</summary>
    public byte Byte;

    /// <summary>The length of the prefix.</summary>
    public ushort Depth;

    /// <summary>The node after all that go on from this prefix.</summary>
    public int End;

    /// <summary>The place in the sorted list of the first token with this prefix.</summary>
    public int FirstToken;

    /// <summary>The place after the last token that is this prefix.</summary>
    public int OwnEnd;
}
