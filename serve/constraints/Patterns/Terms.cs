using System.Runtime.InteropServices;
using MhcPipeline.Core;

namespace MhcPipeline.Constraints.Patterns;

/// <summary>Makes terms, each once, and follows them. What is made is limited; safe for concurrent use.</summary>
/// <param name="limit">How many terms may be made before the pattern is refused; those of many parts count as several.</param>
/// <param name="cancellation">Ends a search.</param>
internal sealed class Terms(int limit, CancellationToken cancellation)
{
    private const int PartsOfState = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<object, Term> _made = [];
    private readonly Dictionary<Term, (int Shortest, int Longest)> _distances = [];
    private int _count = 4;
    private int _weight;
    private CancellationToken _cancellation = cancellation;

    /// <summary>No text.</summary>
    public static Term Nothing { get; } = new NothingTerm();

    /// <summary>The empty text.</summary>
    public static Term Empty { get; } = new EmptyTerm { Nullability = 15, Id = 1 };

    /// <summary>One code point, whichever.</summary>
    public static Term AnyOne { get; } = new SetTerm(CodePoints.All) { Id = 2 };

    /// <summary>Every text: one object for all patterns, so that what is known of it is shared.</summary>
    public static Term Anything { get; } = new LoopTerm(AnyOne, 0, -1) { Nullability = 15, Id = 3 };

    public Term Start { get; } = new StartTerm { Nullability = 0b1010, HasStart = true, Id = -1 };

    public Term End { get; } = new EndTerm { Nullability = 0b1100, NeedsSearch = true, Id = -2 };

    /// <summary>How many terms were made so far, by weight.</summary>
    public int Count => _weight;

    /// <summary>From now on nobody waits for a compilation: the token that could cancel it is let go.</summary>
    public void Release() => _cancellation = CancellationToken.None;

    public Term Set(CodePoints set) => set.IsEmpty ? Nothing : set.Equals(CodePoints.All) ? AnyOne : Made(set, () => new SetTerm(set));

    public Term Text(ReadOnlySpan<char> text)
    {
        var runes = new List<Term>();
        foreach (System.Text.Rune rune in text.EnumerateRunes())
            runes.Add(Set(CodePoints.Single(rune.Value)));
        return Sequence(CollectionsMarshal.AsSpan(runes));
    }

    public Term Leaf(ILeafState state) => Made(state, () => new LeafTerm(state) { Nullability = state.Accepts ? (byte)15 : (byte)0, NeedsSearch = true });

    public Term Sequence(params ReadOnlySpan<Term> terms)
    {
        Term all = Empty;
        for (int i = terms.Length - 1; i >= 0; i--)
            all = Pair(terms[i], all);
        return all;
    }

    public Term Either(params IEnumerable<Term> terms)
    {
        var members = new SortedSet<Term>(_byId);
        var sets = CodePoints.None;
        Flatten(terms);
        if (members.Contains(Anything))
            return Anything;
        if (!sets.IsEmpty)
            members.Add(Set(sets));
        if (members.Count > 1 && members.Contains(Empty) && members.Any(member => member.Nullability == 15 && member != Empty))
            members.Remove(Empty);
        if (members.Count < 2)
            return members.FirstOrDefault(Nothing);
        Term[] array = [.. members];
        return Made(new Key('|', array), () => new EitherTerm(array)
        {
            Nullability = (byte)array.Aggregate(0, (all, term) => all | term.Nullability),
            HasStart = array.Any(term => term.HasStart),
            NeedsSearch = array.Any(term => term.NeedsSearch),
        }, array.Length);

        void Flatten(IEnumerable<Term> list)
        {
            foreach (Term term in list)
            {
                if (term is EitherTerm inner)
                    Flatten(inner.Terms);
                else if (term is SetTerm set)
                    sets = sets.IsEmpty ? set.Set : sets.Union(set.Set);
                else if (term != Nothing)
                    members.Add(term);
            }
        }
    }

    public Term Both(params IEnumerable<Term> terms)
    {
        var members = new SortedSet<Term>(_byId);
        Flatten(terms);
        if (members.Contains(Nothing))
            return Nothing;
        if (members.Any(member => member is NotTerm not && members.Contains(not.Term)))
            return Nothing;
        if (members.Contains(Empty) && members.All(member => member.Nullability is 0 or 15))
            return members.All(member => member.Nullability == 15) ? Empty : Nothing;
        if (members.Count < 2)
            return members.FirstOrDefault(Anything);
        Term[] array = [.. members];
        return Made(new Key('&', array), () => new BothTerm(array)
        {
            Nullability = (byte)array.Aggregate(15, (all, term) => all & term.Nullability),
            HasStart = array.Any(term => term.HasStart),
            NeedsSearch = true,
        }, array.Length);

        void Flatten(IEnumerable<Term> list)
        {
            foreach (Term term in list)
            {
                if (term is BothTerm inner)
                    Flatten(inner.Terms);
                else if (term != Anything)
                    members.Add(term);
            }
        }
    }

    public Term Not(Term term) =>
        term is NotTerm inner ? inner.Term
        : term == Nothing ? Anything
        : term == Anything ? Nothing
        : Made(new Key('!', [term]), () => new NotTerm(term) { Nullability = (byte)(~term.Nullability & 15), HasStart = term.HasStart, NeedsSearch = true });

    public Term Loop(Term term, int min, int max)
    {
        if (max == 0 || term == Empty)
            return Empty;
        if (term == Nothing)
            return min == 0 ? Empty : Nothing;
        if (min == 1 && max == 1)
            return term;
        if (min == 0 && max == -1)
        {
            if (term == AnyOne || term == Anything)
                return Anything;
            if (term is LoopTerm { Min: 0 or 1, Max: -1 } loop)
                return Loop(loop.Term, 0, -1);
        }
        return Made(new Key('*', [term], min, max), () => new LoopTerm(term, min, max)
        {
            Nullability = min == 0 ? (byte)15 : term.Nullability,
            HasStart = term.HasStart,
            NeedsSearch = term.NeedsSearch,
        });
    }

    public Term Optional(Term term) => Either(Empty, term);

    /// <summary>What follows the term.</summary>
    /// <param name="term">The term.</param>
    /// <param name="start">Whether nothing has been read yet.</param>
    public TermEdges Edges(Term term, bool start)
    {
        start &= term.HasStart;
        if ((start ? term.StartEdges : term.Edges) is { } known)
            return known;
        lock (_gate)
        {
            TermEdges edges = Follow(term, start);
            if (start)
                term.StartEdges = edges;
            else
                term.Edges = edges;
            return edges;
        }
    }

    /// <summary>Whether there is a text that the term matches.</summary>
    /// <exception cref="PipelineException">The search took too many terms.</exception>
    public bool IsLive(Term term, bool start = false)
    {
        start &= term.HasStart;
        if (term == Nothing)
            return false;
        if (!start && !term.NeedsSearch)
            return true;
        if (term.Matches(start, end: true))
            return true;
        if (!start && term.Live is { } known)
            return known;
        lock (_gate)
            return Search(term, start);
    }

    /// <summary>Whether a text matches as a whole.</summary>
    public bool IsMatch(Term term, string text)
    {
        bool start = true;
        foreach (System.Text.Rune rune in text.EnumerateRunes())
        {
            term = Edges(term, start).After(rune.Value);
            start = false;
            if (term == Nothing)
                return false;
            if (term == Anything)
                return true;
        }
        return term.Matches(start, end: true);
    }

    /// <summary>The code points of the shortest and of the longest text that the term matches; int.MaxValue where there is no longest.</summary>
    /// <returns>Null where the automaton has more than so many states.</returns>
    public (int Shortest, int Longest)? Distances(Term term, bool start, int states)
    {
        lock (_gate)
        {
            if (!start && _distances.TryGetValue(term, out var known))
                return known;
            var order = new List<Term>();
            var seen = new Dictionary<Term, int>();
            var targets = new List<int[]>();
            Visit(term);
            for (int i = 0; i < order.Count; i++)
            {
                _cancellation.ThrowIfCancellationRequested();
                if (order.Count > states)
                    return null;
                TermEdges edges = Edges(order[i], start && i == 0);
                targets.Add([.. edges.Targets.Where(target => IsLive(target)).Distinct().Select(Visit)]);
            }
            int[] shortest = new int[order.Count], longest = new int[order.Count];
            Array.Fill(shortest, int.MaxValue);
            for (int i = 0; i < order.Count; i++)
            {
                if (order[i].Matches(start && i == 0, end: true))
                    shortest[i] = 0;
            }
            for (bool changed = true; changed;)
            {
                changed = false;
                for (int i = order.Count - 1; i >= 0; i--)
                {
                    int best = targets[i].Select(target => shortest[target]).DefaultIfEmpty(int.MaxValue).Min();
                    if (best != int.MaxValue && best + 1 < shortest[i])
                        (shortest[i], changed) = (best + 1, true);
                }
            }
            Longest(targets, longest);
            for (int i = start ? 1 : 0; i < order.Count; i++)
                _distances[order[i]] = (shortest[i], longest[i]);
            return (shortest[0], longest[0]);

            int Visit(Term reached)
            {
                if (seen.TryGetValue(reached, out int index))
                    return index;
                order.Add(reached);
                return seen[reached] = order.Count - 1;
            }
        }
    }

    /// <summary>Longest paths; every state that reaches a circle has none, as all states here are live.</summary>
    private static void Longest(List<int[]> targets, int[] longest)
    {
        int count = targets.Count;
        int[] left = new int[count];
        var users = new List<int>[count];
        for (int i = 0; i < count; i++)
            users[i] = [];
        for (int i = 0; i < count; i++)
        {
            left[i] = targets[i].Length;
            foreach (int target in targets[i])
                users[target].Add(i);
        }
        Array.Fill(longest, int.MaxValue);
        var ready = new Queue<int>(Enumerable.Range(0, count).Where(i => left[i] == 0));
        while (ready.TryDequeue(out int i))
        {
            longest[i] = targets[i].Select(target => longest[target] + 1).DefaultIfEmpty(0).Max();
            foreach (int user in users[i])
            {
                if (--left[user] == 0)
                    ready.Enqueue(user);
            }
        }
    }

    private static readonly Comparer<Term> _byId = Comparer<Term>.Create((a, b) => a.Id.CompareTo(b.Id));

    private Term Pair(Term first, Term rest)
    {
        if (first == Nothing || rest == Nothing)
            return Nothing;
        if (first == Empty)
            return rest;
        if (rest == Empty)
            return first;
        if (first is SequenceTerm sequence)
            return Pair(sequence.First, Pair(sequence.Rest, rest));
        if (first == Anything && (rest == Anything || (rest is SequenceTerm { First: var next } && next == Anything)))
            return rest;
        return Made(new Key('.', [first, rest]), () => new SequenceTerm(first, rest)
        {
            Nullability = (byte)(first.Nullability & rest.Nullability),
            HasStart = first.HasStart || rest.HasStart,
            NeedsSearch = first.NeedsSearch || rest.NeedsSearch,
        });
    }

    private Term Made(object key, Func<Term> make, int parts = 1)
    {
        lock (_gate)
        {
            if (_made.TryGetValue(key, out Term? known))
                return known;
            if ((_weight += 1 + (parts / PartsOfState)) > limit)
                throw new PipelineException($"A pattern or the patterns of a schema together need more than {limit} states; use simpler patterns or smaller repetition counts.");
            if ((_count & 255) == 0)
                _cancellation.ThrowIfCancellationRequested();
            Term made = make();
            made.Id = _count++;
            return _made[key] = made;
        }
    }

    private bool Search(Term term, bool start)
    {
        var seen = new HashSet<Term>();
        var ahead = new Queue<(Term Term, List<Term> Path)>();
        var parents = new Dictionary<Term, Term?>();
        Term? found = null;
        var queue = new Queue<Term>();
        foreach (Term first in start ? Edges(term, true).Targets : [term])
        {
            if (first != Nothing && seen.Add(first))
            {
                parents[first] = null;
                queue.Enqueue(first);
            }
        }
        while (found is null && queue.TryDequeue(out Term? reached))
        {
            if (reached.Matches(start: false, end: true) || reached.Live == true || !reached.NeedsSearch)
            {
                found = reached;
                break;
            }
            if (reached.Live == false)
                continue;
            foreach (Term target in Edges(reached, false).Targets)
            {
                if (target != Nothing && seen.Add(target))
                {
                    parents[target] = reached;
                    queue.Enqueue(target);
                }
            }
        }
        for (Term? live = found; live is not null; live = parents[live])
            live.Live = true;
        if (found is null)
        {
            foreach (Term dead in seen)
                dead.Live = false;
        }
        return found is not null;
    }

    private TermEdges Follow(Term term, bool start)
    {
        var firsts = new List<int> { 0 };
        AddBoundaries(term, start, firsts);
        firsts.Sort();
        var kept = new List<int>();
        var targets = new List<Term>();
        foreach (int first in firsts)
        {
            if (first > CodePoints.Last || (kept.Count > 0 && kept[^1] == first))
                continue;
            Term target = Derivative(term, first, start);
            if (start && target.HasStart)
                target = WithoutStart(target);
            if (targets.Count > 0 && targets[^1] == target)
                continue;
            kept.Add(first);
            targets.Add(target);
        }
        return new TermEdges([.. kept], [.. targets]);
    }

    private static void AddBoundaries(Term term, bool start, List<int> firsts)
    {
        switch (term)
        {
            case SetTerm set:
                for (int i = 0; i < set.Set.Bounds.Length; i += 2)
                {
                    firsts.Add(set.Set.Bounds[i]);
                    firsts.Add(set.Set.Bounds[i + 1] + 1);
                }
                break;
            case SequenceTerm sequence:
                AddBoundaries(sequence.First, start, firsts);
                if (sequence.First.Matches(start, end: false))
                    AddBoundaries(sequence.Rest, start, firsts);
                break;
            case EitherTerm either:
                foreach (Term member in either.Terms)
                    AddBoundaries(member, start, firsts);
                break;
            case BothTerm both:
                foreach (Term member in both.Terms)
                    AddBoundaries(member, start, firsts);
                break;
            case NotTerm not:
                AddBoundaries(not.Term, start, firsts);
                break;
            case LoopTerm loop:
                AddBoundaries(loop.Term, start, firsts);
                break;
            case LeafTerm leaf:
                leaf.State.AddBoundaries(firsts);
                break;
        }
    }

    private Term Derivative(Term term, int codePoint, bool start)
    {
        switch (term)
        {
            case SetTerm set:
                return set.Set.Contains(codePoint) ? Empty : Nothing;
            case SequenceTerm sequence:
                Term through = Pair(Derivative(sequence.First, codePoint, start), sequence.Rest);
                return sequence.First.Matches(start, end: false) ? Either(through, Derivative(sequence.Rest, codePoint, start)) : through;
            case EitherTerm either:
                return Either(either.Terms.Select(member => Derivative(member, codePoint, start)));
            case BothTerm both:
                var members = new Term[both.Terms.Length];
                for (int i = 0; i < members.Length; i++)
                {
                    members[i] = Derivative(both.Terms[i], codePoint, start);
                    if (members[i] == Nothing)
                        return Nothing;
                }
                return Both(members);
            case NotTerm not:
                return Not(Derivative(not.Term, codePoint, start));
            case LoopTerm loop:
                return term == Anything ? Anything : Pair(Derivative(loop.Term, codePoint, start), Loop(loop.Term, Math.Max(0, loop.Min - 1), loop.Max < 0 ? -1 : loop.Max - 1));
            case LeafTerm leaf:
                return leaf.State.Next(codePoint) is { } next ? Leaf(next) : Nothing;
            default:
                return Nothing;
        }
    }

    /// <summary>The term after the first code point, where no start can come any more.</summary>
    private Term WithoutStart(Term term) => !term.HasStart ? term : term switch
    {
        StartTerm => Nothing,
        SequenceTerm sequence => Pair(WithoutStart(sequence.First), WithoutStart(sequence.Rest)),
        EitherTerm either => Either(either.Terms.Select(WithoutStart)),
        BothTerm both => Both(both.Terms.Select(WithoutStart)),
        NotTerm not => Not(WithoutStart(not.Term)),
        LoopTerm loop => Loop(WithoutStart(loop.Term), loop.Min, loop.Max),
        _ => term,
    };

    private sealed class Key(char kind, Term[] terms, int min = 0, int max = 0) : IEquatable<Key>
    {
        private readonly char _kind = kind;
        private readonly Term[] _terms = terms;
        private readonly int _min = min;
        private readonly int _max = max;

        public bool Equals(Key? other) => other is not null && _kind == other._kind && _min == other._min && _max == other._max && _terms.AsSpan().SequenceEqual(other._terms);

        public override bool Equals(object? obj) => Equals(obj as Key);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(_kind);
            hash.Add(_min);
            hash.Add(_max);
            foreach (Term term in _terms)
                hash.Add(term.Id);
            return hash.ToHashCode();
        }
    }
}
