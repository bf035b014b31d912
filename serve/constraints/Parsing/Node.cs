namespace MhcPipeline.Constraints.Parsing;

/// <summary>A place in a grammar: what may come next there.</summary>
internal abstract class Node
{
    private static int _made;

    private readonly int _hash = Interlocked.Increment(ref _made);

    /// <summary>Adds the lexemes that may come next.</summary>
    /// <param name="stack">Where to go on after this place has come to its end.</param>
    /// <param name="closure">Takes them.</param>
    public abstract void Expand(Frame? stack, Closure closure);

    /// <summary>Goes on after a part of this place that was put on the stack.</summary>
    public virtual void Resume(Frame frame, Closure closure) => throw new InvalidOperationException("This node puts nothing on the stack.");

    /// <summary>Any number that is the object's own: cheaper than the one that the runtime keeps.</summary>
    public override int GetHashCode() => _hash;
}
