using MhcPipeline.Engine.Contract;
using MhcPipeline.Tokenization;

namespace MhcPipeline.Engine.Output;

/// <summary>
/// Turns tokens into chunks: bytes into complete characters, stop strings held back, and each token given out together with its text,
/// so that log-probabilities do not show a stop string early either.
/// </summary>
internal sealed class OutputAssembler(StreamingDecoder decoder, IReadOnlyList<string> stops)
{
    private readonly StopStringMatcher _matcher = new(stops);
    private readonly Queue<(GenerationChunk Token, int Length)> _pending = new();

    /// <summary>Text that is certain, but whose token is not certain as a whole.</summary>
    private string _certain = "";

    /// <summary>True once a stop string came up.</summary>
    public bool Stopped => _matcher.Matched;

    /// <summary>Takes a token (its <see cref="GenerationChunk.Text"/> is still empty) and gives out the tokens that are certain by now.</summary>
    public void Push(GenerationChunk token, Action<GenerationChunk> give)
    {
        string piece = decoder.Push(token.TokenId!.Value);
        _pending.Enqueue((token, piece.Length));
        _certain += _matcher.Append(piece);
        Release(give);
        if (Stopped && _certain.Length > 0)
        {
            // The stop string began inside this token: its start is part of the text.
            give(_pending.Peek().Token with { Text = _certain });
        }
    }

    /// <summary>Gives out what is left at the end of a text that no stop string ended.</summary>
    public void Finish(Action<GenerationChunk> give)
    {
        if (Stopped)
        {
            return;
        }
        _certain += _matcher.Append(decoder.Flush()); // bytes that never became a character
        _certain += _matcher.Flush();
        Release(give);
        if (_certain.Length > 0)
        {
            give(new GenerationChunk { Text = _certain });
        }
    }

    private void Release(Action<GenerationChunk> give)
    {
        while (_pending.TryPeek(out (GenerationChunk Token, int Length) next) && next.Length <= _certain.Length)
        {
            _pending.Dequeue();
            give(next.Token with { Text = _certain[..next.Length] });
            _certain = _certain[next.Length..];
        }
    }
}
