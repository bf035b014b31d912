using System.Security.Cryptography;
using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using MhcPipeline.Tokenization;

namespace MhcPipeline.Train.Data;

/// <summary>Encodes with a run's tokenizer: plain text as it is, conversations in the chat template with the loss on the assistant's turns.</summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="fingerprint">Changes when the tokenizer does.</param>
public sealed class TokenizerEncoder(TextTokenizer tokenizer, string fingerprint) : IDocumentEncoder
{
    /// <inheritdoc/>
    public int VocabSize => tokenizer.VocabSize;

    /// <inheritdoc/>
    public int EndOfTextId => tokenizer.EndOfTextId;

    /// <inheritdoc/>
    public string Fingerprint { get; } = fingerprint;

    /// <summary>The encoder of a run, known again by the content of its tokenizer.json.</summary>
    /// <exception cref="PipelineException">The run has no tokenizer, or it cannot be read.</exception>
    public static TokenizerEncoder Load(RunFolder run)
    {
        run.RequireFile(run.TokenizerJson, "tokenizer");
        TextTokenizer tokenizer = TextTokenizer.Load(run.TokenizerJson);
        return new TokenizerEncoder(tokenizer, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(run.TokenizerJson))));
    }

    /// <inheritdoc/>
    /// <exception cref="PipelineException">A conversation meets a tokenizer without chat tokens.</exception>
    public EncodedDocument Encode(TextItem item)
    {
        if (item.Messages is null)
            return new EncodedDocument(tokenizer.Encode(item.Text!), null);
        ChatTokens tokens = ChatTemplate.EncodeForTraining(tokenizer, item.Messages);
        return new EncodedDocument(tokens.Ids, Array.ConvertAll(tokens.LossMask, learnt => learnt ? (byte)1 : (byte)0));
    }
}
