using System.Collections.Concurrent;

namespace MhcPipeline.Constraints.Parsing;

/// <summary>The states of one grammar, each once, as far as they are few enough to be kept.</summary>
internal sealed class StateTable
{
    private const int MostMasks = 1_024;

    private readonly ConcurrentDictionary<MatchState, MatchState> _states = new();
    private int _masks;

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
        if (_states.Count > Limits.MaxStates)
        {
            // Matchers keep the states that they are in; everything else goes, what the start leads to included.
            _states.Clear();
            Interlocked.Exchange(ref _masks, 0);
            Start = Start.Fresh();
        }
        return _states.GetOrAdd(state, state);
    }

    /// <summary>Whether one more mask, of an eighth of a byte a token, may be kept.</summary>
    public bool MayKeepMask() => Interlocked.Increment(ref _masks) <= MostMasks;
}
