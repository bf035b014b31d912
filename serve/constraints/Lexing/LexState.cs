namespace MhcPipeline.Constraints.Lexing;

/// <summary>
/// A state of an automaton over bytes that reads one lexeme. States without a way to the end are never reached: <see cref="Next"/> gives null instead.
/// What follows a byte is computed once; two threads may compute it at the same time and get equal states.
/// </summary>
internal abstract class LexState
{
    private static readonly LexState _none = new NoState();
    private static int _made;

    private readonly int _hash = Interlocked.Increment(ref _made);

    // In blocks of 16: most states are left by a few bytes that stand together, and a list of all 256 takes 2 KB.
    private LexState?[]?[]? _next;

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

    /// <summary>The bytes that may follow, one bit each; null where that is not known beforehand.</summary>
    protected ulong[]? Possible { get; init; }

    /// <summary>The state after a byte; null where no lexeme goes on so.</summary>
    public LexState? Next(byte b)
    {
        if (Possible is { } possible && (possible[b >> 6] & (1UL << b)) == 0)
            return null;
        LexState?[] next = (_next ??= new LexState?[]?[16])[b >> 4] ??= new LexState?[16];
        LexState state = next[b & 15] ??= Step(b) ?? _none;
        return ReferenceEquals(state, _none) ? null : state;
    }

    /// <summary>Any number that is the object's own: cheaper than the one that the runtime keeps.</summary>
    public override int GetHashCode() => _hash;

    /// <summary>Computes the state after a byte.</summary>
    protected abstract LexState? Step(byte b);

    private sealed class NoState : LexState
    {
        public override bool Accepts => false;

        protected override LexState? Step(byte b) => null;
    }
}
