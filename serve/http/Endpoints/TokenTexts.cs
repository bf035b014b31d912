using System.Text;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Serve.Api;
using MhcPipeline.Tokenization;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>Tokens as the two endpoints spell them.</summary>
internal sealed class TokenTexts(TextTokenizer tokenizer)
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The token's text, or <c>bytes:\xe2\x82</c> where it is not complete characters: every token has a spelling of its own.</summary>
    public string Distinct(int token)
    {
        ReadOnlySpan<byte> bytes = tokenizer.TokenBytes(token).Span;
        try
        {
            return _strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            var text = new StringBuilder("bytes:");
            foreach (byte value in bytes)
            {
                text.Append("\\x").Append(value.ToString("x2"));
            }
            return text.ToString();
        }
    }

    /// <summary>A chunk's token with its alternatives; null where it has no log-probability.</summary>
    public ChatTokenLogprob? Describe(GenerationChunk chunk) => chunk is { TokenId: { } token, LogProb: { } logProb }
        ? Describe(new TokenLogProb(token, logProb)) with { TopLogprobs = [.. chunk.Top.Select(Describe)] }
        : null;

    private ChatTokenLogprob Describe(TokenLogProb token)
    {
        byte[] bytes = tokenizer.TokenBytes(token.TokenId).ToArray();
        return new ChatTokenLogprob { Token = Encoding.UTF8.GetString(bytes), Logprob = token.LogProb, Bytes = [.. bytes.Select(value => (int)value)] };
    }
}
