namespace Microsoft.ML.Tokenizers;

/// <summary>One token of an encoded text: its id, its text as the vocabulary spells it, and the characters it covers.</summary>
public readonly struct EncodedToken : IEquatable<EncodedToken>
{
    public EncodedToken(int id, string value, Range offset)
    {
        Id = id;
        Value = value;
        Offset = offset;
    }

    public int Id { get; }

    public string Value { get; }

    public Range Offset { get; }

    public bool Equals(EncodedToken other) => Id == other.Id && Value == other.Value && Offset.Equals(other.Offset);
}
