using System.Security.Cryptography;
using System.Text;

namespace MhcPipeline.Tokenization.Files;

/// <summary>What a tokenizer.json of byte-level BPE says.</summary>
public sealed record TokenizerDefinition
{
    /// <summary>Spelled token (see <see cref="ByteAlphabet"/>) to id; has all 256 single bytes.</summary>
    public required IReadOnlyDictionary<string, int> Vocabulary { get; init; }

    /// <summary>"left right" in spelled tokens, in order of preference.</summary>
    public required IReadOnlyList<string> Merges { get; init; }

    /// <summary>Special and other added tokens.</summary>
    public required IReadOnlyList<AddedToken> AddedTokens { get; init; }

    /// <summary>The pattern of pieces.</summary>
    public required string Pattern { get; init; }

    /// <summary>True if a piece that is a token as a whole is taken as that token, whatever the merges would make of it.</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>Changes with what text becomes which ids, not with how the file that says so is written.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
        foreach ((string token, int id) in Vocabulary.OrderBy(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal))
            Add(FormattableString.Invariant($"{id} {token}"));
        foreach (string merge in Merges)
            Add(merge);
        foreach (AddedToken token in AddedTokens.OrderBy(token => token.Id))
            Add(FormattableString.Invariant($"{token.Id} {token.Content}"));
        Add(Pattern);
        Add(FormattableString.Invariant($"{IgnoreMerges}"));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }
}
