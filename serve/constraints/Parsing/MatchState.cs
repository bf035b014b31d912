using MhcPipeline.Constraints.Vocabularies;

namespace MhcPipeline.Constraints.Parsing;

/// <summary>All ways to understand what was read so far: a state of the push-down automaton. What follows a byte and the mask of tokens are computed once and shared by all that come here.</summary>
internal sealed class MatchState : IEquatable<MatchState>
{
    private readonly StateTable _table;
    private readonly Route[] _routes;
    private readonly int _hash;
    private MatchState?[]?[]? _next; // in blocks of 16
    private ulong[]? _mask;

    public MatchState(StateTable table, Closure closure)
    {
        _table = table;
        _routes = [.. closure.Routes];
        if (_routes.Length > 1)
            Array.Sort(Array.ConvertAll(_routes, route => route.GetHashCode()), _routes);
        CanEnd = closure.CanEnd;
        var hash = new HashCode();
        hash.Add(CanEnd);
        foreach (Route route in _routes)
            hash.Add(route);
        _hash = hash.ToHashCode();
    }

    private MatchState(MatchState other)
    {
        _table = other._table;
        _routes = other._routes;
        CanEnd = other.CanEnd;
        _hash = other._hash;
    }

    /// <summary>Whether the text may end here.</summary>
    public bool CanEnd { get; }

    /// <summary>Whether nothing can follow.</summary>
    public bool IsLast => _routes.Length == 0;

    /// <summary>The state after a byte; null where no text goes on so.</summary>
    public MatchState? Next(byte b)
    {
        MatchState?[] next = (_next ??= new MatchState?[]?[16])[b >> 4] ??= new MatchState?[16];
        MatchState state = next[b & 15] ??= Step(b) ?? _table.Dead;
        return ReferenceEquals(state, _table.Dead) ? null : state;
    }

    /// <summary>The byte that must come next; null where there are several, or the text may end.</summary>
    public byte? OnlyNext()
    {
        if (CanEnd)
            return null;
        int only = -1;
        for (int b = 0; b < 256; b++)
        {
            if (Next((byte)b) is null)
                continue;
            if (only >= 0)
                return null;
            only = b;
        }
        return only < 0 ? null : (byte)only;
    }

    /// <summary>Adds the tokens that may come next to an empty mask; those that end the answer where it may end.</summary>
    public void Mask(Vocabulary vocabulary, Span<ulong> mask)
    {
        ulong[]? known = Volatile.Read(ref _mask);
        if (known is not null && known.Length == vocabulary.MaskLength)
        {
            known.CopyTo(mask);
            return;
        }
        mask.Clear();
        foreach (Route route in _routes)
            AddTokens(route, vocabulary, mask);
        if (CanEnd)
        {
            foreach (int id in vocabulary.EndIds)
                mask[id >> 6] |= 1UL << id;
        }
        if (_table.MayKeepMask(vocabulary.MaskLength * sizeof(ulong)))
            Volatile.Write(ref _mask, mask[..vocabulary.MaskLength].ToArray());
    }

    /// <summary>The same state, of which nothing has been computed.</summary>
    public MatchState Fresh() => new(this);

    public bool Equals(MatchState? other) => other is not null && _hash == other._hash && CanEnd == other.CanEnd && _routes.AsSpan().SequenceEqual(other._routes);

    public override bool Equals(object? obj) => Equals(obj as MatchState);

    public override int GetHashCode() => _hash;

    private MatchState? Step(byte b)
    {
        Closure? closure = null;
        foreach (Route route in _routes)
        {
            if (route.Lexeme.Next(b) is not { } lexeme)
                continue;
            Goal goal = route.Goal;
            int count = route.Count;
            if (goal.IsCounted)
            {
                if (lexeme.CompletesCodePoint)
                    count++;
                (int shortest, int longest) = lexeme.Remaining;
                if (count > goal.MaxLength - shortest || (longest != int.MaxValue && count + longest < goal.MinLength))
                    continue;
                if (goal.MaxLength == int.MaxValue)
                    count = Math.Min(count, goal.MinLength);
            }
            closure ??= new Closure(_table.Limits);
            if (!lexeme.IsFinal)
                closure.Add(route with { Lexeme = lexeme, Count = count });
            if (lexeme.Accepts && count >= goal.MinLength)
                goal.Complete(lexeme.Tag, route.Stack, closure);
        }
        return closure is null || (closure.Routes.Count == 0 && !closure.CanEnd) ? null : _table.Intern(new MatchState(_table, closure));
    }

    private void AddTokens(Route route, Vocabulary vocabulary, Span<ulong> mask)
    {
        Goal goal = route.Goal;
        LexemeWalk walk = LexemeWalk.Of(route.Lexeme, vocabulary, goal.IsCounted, _table.MayKeepWalk);
        int count = route.Count;
        if (goal.IsCounted && ((goal.MaxLength < int.MaxValue && (long)count + walk.Reach > goal.MaxLength) || (walk.Shortfall != int.MaxValue && count + walk.Shortfall < goal.MinLength)))
        {
            walk = LexemeWalk.Walk(route.Lexeme, vocabulary, count, goal.MinLength, goal.MaxLength);
            count = 0;
        }
        walk.AddTo(mask);
        MatchState? after = null;
        int afterTag = -1;
        TrieNode[] trie = vocabulary.Trie;
        MatchState?[]? states = null;
        foreach (LexemeEnd end in walk.Ends)
        {
            if (goal.IsCounted && count + end.Count < goal.MinLength)
                continue;
            if (after is null || afterTag != end.Tag)
            {
                var closure = new Closure(_table.Limits);
                goal.Complete(end.Tag, route.Stack, closure);
                if (closure.Routes.Count == 0 && !closure.CanEnd)
                    continue;
                after = _table.Intern(new MatchState(_table, closure));
                afterTag = end.Tag;
            }
            ref readonly TrieNode node = ref trie[end.Node];
            Set(vocabulary, node, mask);
            if (after.IsLast)
                continue;
            states ??= new MatchState?[vocabulary.LongestToken + 1];
            states[node.Depth] = after;
            for (int i = end.Node + 1; i < node.End;)
            {
                ref readonly TrieNode below = ref trie[i];
                MatchState? next = states[below.Depth - 1]!.Next(below.Byte);
                if (next is null)
                {
                    i = below.End;
                    continue;
                }
                states[below.Depth] = next;
                Set(vocabulary, below, mask);
                i++;
            }
        }
    }

    private static void Set(Vocabulary vocabulary, in TrieNode node, Span<ulong> mask)
    {
        for (int token = node.FirstToken; token < node.OwnEnd; token++)
        {
            int id = vocabulary.Sorted[token];
            mask[id >> 6] |= 1UL << id;
        }
    }
}
