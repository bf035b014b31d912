using MhcPipeline.Engine.Contract;
using MhcPipeline.Serve.Api;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>Collects the log-probabilities of one text; <see cref="Take"/> gives what came since the last time.</summary>
internal sealed class CompletionLogprobsBuilder(TokenTexts texts)
{
    private List<string> _tokens = [];
    private List<double?> _logProbs = [];
    private List<IReadOnlyDictionary<string, double>?> _top = [];
    private List<int> _offsets = [];
    private int _offset;

    public void Add(GenerationChunk chunk)
    {
        if (chunk.TokenId is { } token)
        {
            _tokens.Add(texts.Distinct(token));
            _logProbs.Add(chunk.LogProb);
            _top.Add(chunk.LogProb is { } logProb ? Top(chunk, token, logProb) : null);
            _offsets.Add(_offset);
        }
        _offset += chunk.Text.EnumerateRunes().Count(); // characters as Python counts them, as clients of this field expect
    }

    public CompletionLogprobs Take()
    {
        var taken = new CompletionLogprobs { Tokens = _tokens, TokenLogprobs = _logProbs, TopLogprobs = _top, TextOffset = _offsets };
        (_tokens, _logProbs, _top, _offsets) = ([], [], [], []);
        return taken;
    }

    private Dictionary<string, double> Top(GenerationChunk chunk, int token, double logProb)
    {
        var top = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (TokenLogProb candidate in chunk.Top)
        {
            top.TryAdd(texts.Distinct(candidate.TokenId), candidate.LogProb);
        }
        top.TryAdd(texts.Distinct(token), logProb);
        return top;
    }
}
