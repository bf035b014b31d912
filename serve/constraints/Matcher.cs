using MhcPipeline.Constraints.Parsing;
using MhcPipeline.Constraints.Vocabularies;

namespace MhcPipeline.Constraints;

/// <summary>Follows one answer through a grammar, token by token. Not safe for concurrent use; a copy costs nothing.</summary>
public sealed class Matcher
{
    private readonly CompiledGrammar _grammar;
    private MatchState _state;
    private bool _ended;

    internal Matcher(CompiledGrammar grammar)
    {
        _grammar = grammar;
        _state = grammar.States.Start;
    }

    private Matcher(Matcher other)
    {
        _grammar = other._grammar;
        _state = other._state;
        _ended = other._ended;
    }

    /// <summary>The grammar.</summary>
    public CompiledGrammar Grammar => _grammar;

    /// <summary>Whether the answer may end here.</summary>
    public bool CanEnd => _ended || _state.CanEnd;

    /// <summary>Whether the answer can only end here.</summary>
    public bool MustEnd => _ended || (_state.CanEnd && _state.IsLast);

    /// <summary>Writes which tokens may come next.</summary>
    /// <param name="mask">One bit an id, 64 a word from the lowest on; <see cref="Vocabulary.MaskLength"/> words.</param>
    /// <exception cref="Core.PipelineException">A pattern or grammar needs more states, or is more ambiguous, than the limits allow; the answer cannot go on. <see cref="Accept"/> may say so too.</exception>
    public void Mask(Span<ulong> mask)
    {
        int length = _grammar.Vocabulary.MaskLength;
        if (mask.Length < length)
            throw new ArgumentException($"A mask of this vocabulary has {length} words.", nameof(mask));
        if (!_ended)
        {
            _state.Mask(_grammar.Vocabulary, mask[..length]);
            return;
        }
        mask[..length].Clear();
    }

    /// <summary>Takes the next token.</summary>
    /// <param name="token">Its id.</param>
    /// <returns>False where it is not allowed; nothing has changed then.</returns>
    public bool Accept(int token)
    {
        if (_ended)
            return false;
        if (_grammar.Vocabulary.EndIds.Contains(token))
            return _ended = _state.CanEnd;
        ReadOnlySpan<byte> bytes = _grammar.Vocabulary.TokenBytes(token);
        return bytes.Length > 0 && AcceptBytes(bytes);
    }

    /// <summary>Takes text, however it is cut into tokens.</summary>
    /// <param name="bytes">UTF-8, which may end inside a character.</param>
    /// <returns>False where it is not allowed; nothing has changed then.</returns>
    public bool AcceptBytes(ReadOnlySpan<byte> bytes)
    {
        if (_ended)
            return bytes.Length == 0;
        MatchState state = _state;
        foreach (byte b in bytes)
        {
            if (state.Next(b) is not { } next)
                return false;
            state = next;
        }
        _state = state;
        return true;
    }

    /// <summary>The text that must come next, whatever the model says: keys, punctuation, what is left of a word. Nothing is taken.</summary>
    /// <param name="limit">At most so many bytes.</param>
    public byte[] ForcedText(int limit = 4096)
    {
        var text = new List<byte>();
        MatchState state = _state;
        while (!_ended && text.Count < limit && state.OnlyNext() is { } b)
        {
            text.Add(b);
            state = state.Next(b)!;
        }
        return [.. text];
    }

    /// <summary>
    /// The tokens that can be appended without asking the model: those of the forced text, less the last ones, with which what follows might merge into another token.
    /// Nothing is taken.
    /// </summary>
    /// <param name="encode">The tokenizer: bytes to ids.</param>
    public IReadOnlyList<int> ForcedTokens(Func<byte[], IReadOnlyList<int>> encode)
    {
        ArgumentNullException.ThrowIfNull(encode);
        byte[] text = ForcedText();
        if (text.Length == 0)
            return [];
        IReadOnlyList<int> tokens = encode(text);
        Vocabulary vocabulary = _grammar.Vocabulary;
        int start = text.Length, kept = tokens.Count;
        // A token is left to the model where some token begins as the rest of the text from there on and goes on after it.
        while (kept > 0)
        {
            start -= vocabulary.TokenBytes(tokens[kept - 1]).Length;
            if (start < 0 || !vocabulary.HasLonger(text.AsSpan(start)))
                break;
            kept--;
        }
        return kept == tokens.Count ? tokens : [.. tokens.Take(kept)];
    }

    /// <summary>A matcher of its own at the same place.</summary>
    public Matcher Clone() => new(this);

    /// <summary>Goes back to the beginning of the answer.</summary>
    public void Reset()
    {
        _state = _grammar.States.Start;
        _ended = false;
    }
}
