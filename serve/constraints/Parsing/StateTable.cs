using System.Collections.Concurrent;

namespace MhcPipeline.Constraints.Parsing;

/// <summary>The states of one grammar, each once, as far as they are few enough to be kept.</summary>
internal sealed class StateTable
{
    private const int StateBytes = 400; // with its routes and the frames that it does not share, about

    private readonly ConcurrentDictionary<MatchState, MatchState> _states = new();
    private int _count; // of ours: a concurrent dictionary locks all of itself to count
    private long _masks;
    private long _walks;

    public StateTable(Node root, ParseLimits limits)
    {
        Limits = limits;
        Dead = new MatchState(this, new Closure(limits));
        var closure = new Closure(limits);
        closure.Expand(root, null);
        Start = Intern(new MatchState(this, closure));
    }

    public ParseLimits Limits { get; }

    /// <summary>Stands for: no text goes on so.</summary>
    public MatchState Dead { get; }

    /// <summary>Before the first byte.</summary>
    public MatchState Start { get; private set; }

    /// <summary>The state that is kept for others, or this one.</summary>
    public MatchState Intern(MatchState state)
    {
        if (_states.TryGetValue(state, out MatchState? known))
            return known;
        if (Interlocked.Increment(ref _count) > Limits.MaxStates)
        {
            // Matchers keep the states that they are in; everything else goes, what the start leads to included.
            _states.Clear();
            Interlocked.Exchange(ref _count, 0);
            Interlocked.Exchange(ref _masks, 0);
            Start = Start.Fresh();
        }
        return _states.GetOrAdd(state, state);
    }

    /// <summary>What is kept for others, in bytes, about.</summary>
    public long KeptBytes => Interlocked.Read(ref _masks) + Interlocked.Read(ref _walks) + ((long)_count * StateBytes);

    /// <summary>Whether one more mask may be kept.</summary>
    /// <param name="bytes">Its size.</param>
    public bool MayKeepMask(int bytes) => MayKeep(ref _masks, bytes, Limits.MaxMaskBytes);

    /// <summary>Whether one more walk of a lexeme may be kept.</summary>
    public Func<int, bool> MayKeepWalk => field ??= bytes => MayKeep(ref _walks, bytes, Limits.MaxWalkBytes);

    private static bool MayKeep(ref long kept, int bytes, long most)
    {
        if (Interlocked.Add(ref kept, bytes) <= most)
            return true;
        Interlocked.Add(ref kept, -bytes);
        return false;
    }
}
