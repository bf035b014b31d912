using System.Collections.Concurrent;
using MhcPipeline.Constraints.Patterns;

namespace MhcPipeline.Constraints.Lexing;

/// <summary>Makes the states of patterns, each once; the states of a string of which nothing is asked are the same for all.</summary>
/// <param name="terms">Follows the patterns.</param>
/// <param name="spelling">How code points are written.</param>
internal sealed class TextLexer(Terms terms, TextSpelling spelling)
{
    private const int MostStates = 50_000, MostDistances = 4_000;

    private static readonly TextLexer _freeJson = new(new Terms(1_000, CancellationToken.None), TextSpelling.Json);

    private readonly ConcurrentDictionary<(Term, bool, TextState.Reading, int), TextState> _states = new();

    public Terms Terms => terms;

    public TextSpelling Spelling => spelling;

    /// <summary>Any JSON string.</summary>
    public static LexState AnyJsonString { get; } = _freeJson.State(Patterns.Terms.Anything, false, TextState.Reading.Open, 0);

    /// <summary>The inside of any JSON string, at a new character.</summary>
    public static LexState FreeText { get; } = _freeJson.State(Patterns.Terms.Anything, false, TextState.Reading.Ground, 0);

    /// <summary>The start of a lexeme that a term matches, with its quotes where it is a JSON string.</summary>
    public LexState Start(Term term) => State(term, term.HasStart, spelling == TextSpelling.Json ? TextState.Reading.Open : TextState.Reading.Ground, 0);

    internal (int Shortest, int Longest) Distances(Term term, bool start) => terms.Distances(term, start, MostDistances) ?? (0, int.MaxValue);

    internal TextState State(Term term, bool start, TextState.Reading reading, int value)
    {
        if (spelling == TextSpelling.Json && !start && (term == Patterns.Terms.Anything || reading == TextState.Reading.Closed) && this != _freeJson)
            return _freeJson.State(term, start, reading, value);
        if (_states.Count > MostStates)
            _states.Clear(); // those in use go on, and are made again for others
        return _states.GetOrAdd((term, start, reading, value), static (key, lexer) => TextState.Make(lexer, key), this);
    }
}
