using MhcPipeline.Constraints.Parsing;

namespace MhcPipeline.Constraints.Json;

/// <summary>An array: its first items, those after them, how many, and how many of them match something more.</summary>
internal sealed class ArrayNode : ContainerNode
{
    private readonly JsonSyntax _syntax;
    private readonly ValueNode[] _first;
    private readonly ValueNode _rest;
    private readonly Contained? _contained;
    private readonly int _min;
    private readonly Goal _opened;
    private readonly Goal _closed;
    private readonly Goal _separated;
    private int _max;

    public ArrayNode(JsonSyntax syntax, ValueNode[] first, ValueNode rest, int min, int max, Contained? contained)
    {
        _syntax = syntax;
        _first = first;
        _rest = rest;
        _min = Math.Max(min, contained?.Min ?? 0);
        _max = max;
        _contained = contained;
        _opened = new Opened(this);
        _closed = new Closed();
        _separated = new Separated(this);
    }

    public override void Expand(Frame? stack, Closure closure) => closure.Add(_syntax.OpenArray, _opened, stack);

    public override void Resume(Frame frame, Closure closure)
    {
        ArrayProgress progress = (ArrayProgress)frame.Progress!;
        int count = _max == int.MaxValue ? Math.Min(frame.Count + 1, Math.Max(_min, _first.Length)) : frame.Count + 1;
        int matched = progress.Matched;
        if (progress.Matches && _contained is not null)
            matched = _contained.Max == int.MaxValue ? Math.Min(matched + 1, _contained.Min) : matched + 1;
        var next = new Frame(this, count, new ArrayProgress(matched, false), frame.Parent, nests: true);
        if (CanClose(next))
            closure.Add(_syntax.CloseArray, _closed, next);
        if (CanGoOn(next, closure))
            closure.Add(_syntax.Comma, _separated, next);
    }

    public override void Prune()
    {
        for (int i = 0; i < _first.Length; i++)
        {
            if (!Item(i, false).IsPossible && !(Item(i, true)?.IsPossible ?? false))
            {
                _max = Math.Min(_max, i);
                return;
            }
        }
        if (!_rest.IsPossible && !(_contained?.Rest.IsPossible ?? false))
            _max = Math.Min(_max, _first.Length);
    }

    protected override int HeightOfParts()
    {
        if (_min > _max || (_contained is not null && _contained.Min > _contained.Max))
            return ValueNode.Impossible;
        int height = 0;
        for (int i = 0; i < Math.Min(_min, _first.Length + 1); i++)
        {
            ValueNode item = Item(i, false);
            int least = item.Height;
            if (Item(i, true) is { } matching)
                least = Math.Min(least, matching.Height);
            height = Math.Max(height, least);
        }
        if (_contained is { Min: > 0 })
        {
            IEnumerable<ValueNode> matching = _max > _first.Length ? _contained.First.Append(_contained.Rest) : _contained.First.Take(_max);
            height = Math.Max(height, matching.Select(item => item.Height).DefaultIfEmpty(ValueNode.Impossible).Min());
        }
        return height;
    }

    private ValueNode Item(int index, bool matching) => matching
        ? _contained is null ? null! : index < _contained.First.Length ? _contained.First[index] : _contained.Rest
        : index < _first.Length ? _first[index] : _rest;

    private bool CanClose(Frame frame) => frame.Count >= _min && (_contained is null || ((ArrayProgress)frame.Progress!).Matched >= _contained.Min);

    private bool CanGoOn(Frame frame, Closure closure) => frame.Count < _max && (CanAdd(frame, closure, false) || CanAdd(frame, closure, true));

    private bool CanAdd(Frame frame, Closure closure, bool matching)
    {
        if (frame.Count >= _max)
            return false;
        if (_contained is null)
            return !matching && Item(frame.Count, false).Height <= Room(frame, closure);
        int matched = ((ArrayProgress)frame.Progress!).Matched;
        if (matching && matched >= _contained.Max)
            return false;
        int needed = _contained.Min - matched - (matching ? 1 : 0);
        if (needed > 0 && _max != int.MaxValue && frame.Count + 1 + needed > _max)
            return false;
        return Item(frame.Count, matching).Height <= Room(frame, closure);
    }

    private void AddItem(Frame frame, Closure closure)
    {
        ArrayProgress progress = (ArrayProgress)frame.Progress!;
        if (CanAdd(frame, closure, false))
            closure.Expand(Item(frame.Count, false), frame);
        if (_contained is not null && CanAdd(frame, closure, true))
            closure.Expand(Item(frame.Count, true), new Frame(this, frame.Count, progress with { Matches = true }, frame.Parent, nests: true));
    }

    /// <summary>Items of which some number must match something more.</summary>
    /// <param name="First">The first items where they do.</param>
    /// <param name="Rest">The others where they do; the items of the array itself do not, where their number is limited.</param>
    /// <param name="Min">At least so many.</param>
    /// <param name="Max">At most so many.</param>
    internal sealed record Contained(ValueNode[] First, ValueNode Rest, int Min, int Max);

    private sealed record ArrayProgress(int Matched, bool Matches) : IProgress;

    private sealed class Opened(ArrayNode node) : Goal
    {
        public override void Complete(int tag, Frame? stack, Closure closure)
        {
            var frame = new Frame(node, 0, new ArrayProgress(0, false), stack, nests: true);
            if (node.CanClose(frame))
                closure.Add(node._syntax.CloseArray, node._closed, frame);
            node.AddItem(frame, closure);
        }
    }

    private sealed class Closed : Goal
    {
        public override void Complete(int tag, Frame? stack, Closure closure) => closure.Return(stack!.Parent);
    }

    private sealed class Separated(ArrayNode node) : Goal
    {
        public override void Complete(int tag, Frame? stack, Closure closure) => node.AddItem(stack!, closure);
    }
}
