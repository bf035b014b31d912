using System.Collections.Concurrent;
using MhcPipeline.Constraints.Lexing;
using MhcPipeline.Constraints.Parsing;

namespace MhcPipeline.Constraints.Json;

/// <summary>An object: keys that the schema names, in its order or in any, and keys that it describes.</summary>
internal sealed class ObjectNode : ContainerNode
{
    private const int MostChoices = 10_000;

    private readonly JsonSyntax _syntax;
    private readonly int _min;
    private readonly int _max;
    private readonly Goal _opened;
    private readonly Goal _closed;
    private readonly Goal _separated;
    private readonly Goal _keyed;
    private readonly Goal _parted;
    private readonly ConcurrentDictionary<(ObjectProgress, int), Choice> _choices = new();
    private List<ObjectKey> _keys;
    private List<KeyClass> _classes;
    private int[][] _needs = [];
    private Goal[] _described = [];
    private WordsLexeme? _words;
    private bool _remembers;
    private int _choiceCount; // of ours: a concurrent dictionary locks all of itself to count
    private int _tallest;

    public ObjectNode(JsonSyntax syntax, List<ObjectKey> keys, List<KeyClass> classes, int min, int max)
    {
        _syntax = syntax;
        _keys = keys;
        _classes = classes;
        _min = min;
        _max = max;
        _opened = new Opened(this);
        _closed = new Closed();
        _separated = new Separated(this);
        _keyed = new Keyed(this);
        _parted = new Parted(this);
    }

    public override void Expand(Frame? stack, Closure closure) => closure.Add(_syntax.OpenObject, _opened, stack);

    public override void Resume(Frame frame, Closure closure)
    {
        Choice choice = Choose(frame, closure);
        if (choice.CanClose)
            closure.Add(_syntax.CloseObject, _closed, frame);
        if (choice.Keys is not null || choice.Described)
            closure.Add(_syntax.Comma, _separated, frame);
    }

    public override void Prune()
    {
        _classes = [.. _classes.Where(described => described.Value.IsPossible)];
        List<ObjectKey> kept = [.. _keys.Where(key => key.Value.IsPossible)];
        for (int before = -1; before != kept.Count;)
        {
            before = kept.Count;
            HashSet<string> names = [.. kept.Select(key => key.Name)];
            kept.RemoveAll(key => !key.Needs.All(names.Contains));
        }
        _keys = kept;
        Dictionary<string, int> places = _keys.Select((key, i) => (key.Name, i)).ToDictionary(pair => pair.Name, pair => pair.i, StringComparer.Ordinal);
        _needs = [.. _keys.Select(key => Closure(key, places))];
        _remembers = _syntax.AnyOrder || _needs.Any(needs => needs.Length > 0);
        _described = [.. _classes.Select((_, i) => new Described(this, i))];
        _words = _keys.Count == 0 ? null : new WordsLexeme([.. _keys.Select(key => JsonText.Quoted(key.Name, _syntax.IsCompact ? ":" : ""))]);
        _tallest = _keys.Select(key => key.Value).Concat(_classes.Select(described => described.Value)).Select(value => value.Height).DefaultIfEmpty(0).Max();
    }

    protected override int HeightOfParts()
    {
        if (_min > _max)
            return ValueNode.Impossible;
        HashSet<string> required = [.. _keys.Where(key => key.Required).Select(key => key.Name)];
        for (int before = -1; before != required.Count;)
        {
            before = required.Count;
            foreach (ObjectKey key in _keys.Where(key => required.Contains(key.Name)))
                required.UnionWith(key.Needs);
        }
        if (required.Count > _max || !required.All(_keys.Select(key => key.Name).ToHashSet().Contains))
            return ValueNode.Impossible;
        int height = _keys.Where(key => required.Contains(key.Name)).Select(key => key.Value.Height).DefaultIfEmpty(0).Max();
        int more = _min - required.Count;
        if (more > 0)
        {
            int described = _classes.Select(one => one.Value.Height).DefaultIfEmpty(ValueNode.Impossible).Min();
            int[] others = [.. _keys.Where(key => !required.Contains(key.Name)).Select(key => key.Value.Height).Order()];
            height = Math.Max(height, more <= others.Length ? Math.Min(others[more - 1], described) : described);
        }
        return height;
    }

    private int[] Closure(ObjectKey key, Dictionary<string, int> places)
    {
        HashSet<int> all = [];
        Queue<ObjectKey> ahead = new([key]);
        while (ahead.TryDequeue(out ObjectKey? next))
        {
            foreach (int place in next.Needs.Select(name => places[name]))
            {
                if (all.Add(place))
                    ahead.Enqueue(_keys[place]);
            }
        }
        return [.. all];
    }

    private void AddKeys(Frame frame, Closure closure)
    {
        Choice choice = Choose(frame, closure);
        if (choice.Keys is not null)
            closure.Add(choice.Keys, _keyed, frame);
        if (!choice.Described)
            return;
        for (int i = 0; i < _classes.Count; i++)
        {
            if (_classes[i].Value.Height <= Room(frame, closure))
                closure.Add(_classes[i].Key, _described[i], frame);
        }
    }

    private Choice Choose(Frame frame, Closure closure)
    {
        var key = ((ObjectProgress)frame.Progress!, Math.Min(Room(frame, closure), _tallest));
        if (_choices.TryGetValue(key, out Choice? known))
            return known;
        if (Interlocked.Increment(ref _choiceCount) > MostChoices)
        {
            _choices.Clear();
            Interlocked.Exchange(ref _choiceCount, 0);
        }
        return _choices.GetOrAdd(key, Compute(key.Item1, key.Item2));
    }

    private Choice Compute(ObjectProgress progress, int room)
    {
        int count = _keys.Count;
        bool anyOrder = _syntax.AnyOrder;
        bool[] open = new bool[count], needed = new bool[count];
        int openCount = 0, neededCount = 0;
        for (int i = 0; i < count; i++)
        {
            open[i] = anyOrder ? !progress.Has(i) : i > progress.Last;
            openCount += open[i] ? 1 : 0;
        }
        for (int i = 0; i < count; i++)
        {
            if (_keys[i].Required)
                needed[i] = true;
            if (_remembers && progress.Has(i))
            {
                foreach (int need in _needs[i])
                    needed[need] = true;
            }
        }
        int lastNeeded = int.MaxValue;
        for (int i = count - 1; i >= 0; i--)
        {
            needed[i] &= open[i];
            if (needed[i])
            {
                neededCount++;
                lastNeeded = i; // the first, in the end
            }
        }
        bool[] allowed = new bool[count];
        bool any = false;
        int openAfter = openCount;
        for (int i = 0; i < count; i++)
        {
            if (!open[i])
                continue;
            openAfter--;
            if (_keys[i].Value.Height > room || (!anyOrder && i > lastNeeded))
                continue;
            int then = neededCount - (needed[i] ? 1 : 0);
            bool possible = true;
            foreach (int need in _needs[i])
            {
                if (needed[need] || (_remembers && progress.Has(need)) || need == i)
                    continue;
                possible &= anyOrder || need > i;
                then++;
            }
            possible &= progress.Count + 1 + then <= _max;
            possible &= _classes.Count > 0 || progress.Count + 1 + (anyOrder ? openCount - 1 : openAfter) >= _min;
            allowed[i] = possible;
            any |= possible;
        }
        bool described = _classes.Count > 0 && (anyOrder ? progress.Count + 1 + neededCount <= _max : neededCount == 0 && progress.Count < _max);
        return new Choice(any ? _words!.Start(allowed) : null, described, neededCount == 0 && progress.Count >= _min);
    }

    private int Counted(int count) => _max == int.MaxValue ? Math.Min(count + 1, _min) : count + 1;

    private Frame With(Frame frame, ObjectProgress progress) => new(this, 0, progress, frame.Parent, nests: true);

    private sealed record Choice(LexState? Keys, bool Described, bool CanClose);

    private sealed class Opened(ObjectNode node) : Goal
    {
        public override void Complete(int tag, Frame? stack, Closure closure)
        {
            var frame = new Frame(node, 0, new ObjectProgress([], -1, 0, -1), stack, nests: true);
            if (node.Choose(frame, closure).CanClose)
                closure.Add(node._syntax.CloseObject, node._closed, frame);
            node.AddKeys(frame, closure);
        }
    }

    private sealed class Closed : Goal
    {
        public override void Complete(int tag, Frame? stack, Closure closure) => closure.Return(stack!.Parent);
    }

    private sealed class Separated(ObjectNode node) : Goal
    {
        public override void Complete(int tag, Frame? stack, Closure closure) => node.AddKeys(stack!, closure);
    }

    private sealed class Keyed(ObjectNode node) : Goal
    {
        public override void Complete(int tag, Frame? stack, Closure closure)
        {
            ObjectProgress progress = (ObjectProgress)stack!.Progress!;
            bool compact = node._syntax.IsCompact;
            Frame frame = node.With(stack, progress.With(tag, node._remembers, node._syntax.AnyOrder ? -1 : tag, node.Counted(progress.Count), compact ? -1 : tag));
            if (compact)
                closure.Expand(node._keys[tag].Value, frame);
            else
                closure.Add(node._syntax.Colon, node._parted, frame);
        }
    }

    private sealed class Described(ObjectNode node, int index) : Goal
    {
        public override void Complete(int tag, Frame? stack, Closure closure)
        {
            ObjectProgress progress = (ObjectProgress)stack!.Progress!;
            int count = node._keys.Count;
            closure.Add(node._syntax.Colon, node._parted, node.With(stack, progress.With(0, false, node._syntax.AnyOrder ? -1 : count, node.Counted(progress.Count), count + index)));
        }
    }

    private sealed class Parted(ObjectNode node) : Goal
    {
        public override void Complete(int tag, Frame? stack, Closure closure)
        {
            ObjectProgress progress = (ObjectProgress)stack!.Progress!;
            int count = node._keys.Count;
            ValueNode value = progress.Pending < count ? node._keys[progress.Pending].Value : node._classes[progress.Pending - count].Value;
            closure.Expand(value, node.With(stack, progress.WithoutPending()));
        }
    }
}
