namespace MhcPipeline.Constraints.Lexing;

/// <summary>
/// A state of an automaton over bytes that reads one lexeme. States without a way to the end are never reached: <see cref="Next"/> gives null instead.
/// What follows a byte is computed once; two threads may compute it at the same time and get equal states.
/// </summary>
internal abstract class LexState
{
    private static readonly LexState _none = new NoState();

    private LexState?[]? _next;

    /// <summary>The lexeme may end here.</summary>
    public abstract bool Accepts { get; }

    /// <summary>Nothing can follow inside the lexeme.</summary>
    public virtual bool IsFinal => false;

    /// <summary>Which of several words was read, where <see cref="Accepts"/>.</summary>
    public virtual int Tag => 0;

    /// <summary>Whether a code point, or the opening quote, was complete with the byte that led here: lengths are counted from -1 on.</summary>
    public virtual bool CompletesCodePoint => false;

    /// <summary>How many more code points the string takes at least and at most, so that lengths are kept; (0, int.MaxValue) where it does not matter.</summary>
    public virtual (int Shortest, int Longest) Remaining => (0, int.MaxValue);

    /// <summary>A place for what was computed for this state and a vocabulary.</summary>
    public object? Cached { get; set; }

    /// <summary>The state after a byte; null where no lexeme goes on so.</summary>
    public LexState? Next(byte b)
    {
        LexState?[] next = _next ??= new LexState?[256];
        LexState state = next[b] ??= Step(b) ?? _none;
        return ReferenceEquals(state, _none) ? null : state;
    }

    /// <summary>Computes the state after a byte.</summary>
    protected abstract LexState? Step(byte b);

    private sealed class NoState : LexState
    {
        public override bool Accepts => false;

        protected override LexState? Step(byte b) => null;
    }
}
