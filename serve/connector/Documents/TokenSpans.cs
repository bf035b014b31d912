using MhcPipeline.Client.Contract;

namespace MhcPipeline.Connector.Documents;

/// <summary>Where the tokens of an answer stand in it.</summary>
internal sealed class TokenSpans
{
    private readonly List<(int Start, int End, double LogProbability)> _tokens = [];

    /// <param name="answer">The answer, in UTF-8.</param>
    /// <param name="tokens">Its tokens, as the model gave them.</param>
    public TokenSpans(ReadOnlySpan<byte> answer, IReadOnlyList<TokenLogProbability> tokens)
    {
        int place = 0;
        foreach (TokenLogProbability token in tokens)
        {
            byte[] bytes = [.. (token.Bytes ?? []).Select(value => (byte)value)];
            if (!answer[Math.Min(place, answer.Length)..].StartsWith(bytes))
            {
                // Another answer's tokens, or a server that gives none: nothing can be said.
                _tokens.Clear();
                return;
            }
            _tokens.Add((place, place += bytes.Length, token.LogProbability));
        }
    }

    /// <summary>The probability of what stands between two places, given what stands before it: the product of its tokens'. Null where no token stands there.</summary>
    /// <param name="start">The first byte.</param>
    /// <param name="end">The byte behind the last one: which token ends a value belongs to it, since 12 could have gone on to 120.</param>
    public double? Probability(int start, int end)
    {
        double[] parts = [.. _tokens.Where(token => token.Start <= end && token.End > start).Select(token => token.LogProbability)];
        return parts.Length == 0 ? null : Math.Min(1, Math.Exp(parts.Sum()));
    }
}
