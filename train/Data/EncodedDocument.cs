namespace MhcPipeline.Train.Data;

/// <summary>The tokens of a document or of a piece of one.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="Mask">Of a conversation, 1 for each token that the model must learn to say; null for plain text, which is all learnt.</param>
public readonly record struct EncodedDocument(int[] Ids, byte[]? Mask);
