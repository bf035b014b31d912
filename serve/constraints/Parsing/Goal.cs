namespace MhcPipeline.Constraints.Parsing;

/// <summary>What becomes of a lexeme once it is read, and how many code points it has at least and at most.</summary>
internal abstract class Goal
{
    private static int _made;

    private readonly int _hash = Interlocked.Increment(ref _made);

    public virtual int MinLength => 0;

    public virtual int MaxLength => int.MaxValue;

    /// <summary>Whether the length is limited.</summary>
    public bool IsCounted => MinLength > 0 || MaxLength < int.MaxValue;

    /// <summary>Goes on after the lexeme.</summary>
    /// <param name="tag">Which of several words it was.</param>
    /// <param name="stack">The stack that it stood on.</param>
    /// <param name="closure">Takes what may come next.</param>
    public abstract void Complete(int tag, Frame? stack, Closure closure);

    /// <summary>Any number that is the object's own: cheaper than the one that the runtime keeps.</summary>
    public override int GetHashCode() => _hash;
}
