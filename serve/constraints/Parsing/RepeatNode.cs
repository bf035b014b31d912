namespace MhcPipeline.Constraints.Parsing;

/// <summary>A place that is repeated, counted apart from the automaton, and what comes after it.</summary>
/// <param name="body">What is repeated.</param>
/// <param name="min">At least so often.</param>
/// <param name="max">At most so often; int.MaxValue without limit.</param>
/// <param name="next">What comes after it.</param>
internal sealed class RepeatNode(Node body, int min, int max, Node next) : Node
{
    public override void Expand(Frame? stack, Closure closure) => GoOn(0, stack, closure);

    public override void Resume(Frame frame, Closure closure) => GoOn(max == int.MaxValue ? Math.Min(frame.Count + 1, min) : frame.Count + 1, frame.Parent, closure);

    private void GoOn(int count, Frame? stack, Closure closure)
    {
        if (count >= min)
            closure.Expand(next, stack);
        if (count < max)
            closure.Expand(body, new Frame(this, count, null, stack));
    }
}
