namespace Microsoft.ML.Tokenizers.Internal;

/// <summary>An encoded piece: token ids and how many (spelled) characters each covers.</summary>
internal sealed record Word(string Text, int[] Ids, int[] Lengths);
