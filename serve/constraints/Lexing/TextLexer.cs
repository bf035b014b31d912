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

    private static readonly TextLexer _freePlain = new(new Terms(10_000, CancellationToken.None), TextSpelling.Plain);
    private static readonly NumberTerms _numbers = new(_freePlain.Terms);
    private static readonly ConcurrentDictionary<string, LexState> _formats = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<TextState.Place, TextState> _states = new();
    private int _count; // of ours: a concurrent dictionary locks all of itself to count

    public Terms Terms => terms;

    public TextSpelling Spelling => spelling;

    /// <summary>Any JSON string.</summary>
    public static LexState AnyJsonString { get; } = _freeJson.State(new TextState.Place(Patterns.Terms.Anything, false, TextState.Reading.Open, 0));

    /// <summary>The inside of any JSON string, at a new character.</summary>
    public static LexState FreeText { get; } = _freeJson.State(new TextState.Place(Patterns.Terms.Anything, false, TextState.Reading.Ground, 0));

    /// <summary>Any number.</summary>
    public static LexState AnyNumber { get; } = _freePlain.Start(_numbers.Any);

    /// <summary>Any number without point.</summary>
    public static LexState AnyInteger { get; } = _freePlain.Start(_numbers.Integer);

    /// <summary>Any number without fraction, or with one of zeros.</summary>
    public static LexState AnyIntegral { get; } = _freePlain.Start(_numbers.Integral);

    /// <summary>A JSON string of a format: the states are the same for all schemas.</summary>
    public static LexState OfFormat(string format) => _formats.GetOrAdd(Formats.Known(format), static name =>
    {
        (Terms terms, Term term) = Formats.Compiled(name);
        return new TextLexer(terms, TextSpelling.Json).Start(term);
    });

    /// <summary>The start of a lexeme that a term matches, with its quotes where it is a JSON string.</summary>
    public LexState Start(Term term) => State(new TextState.Place(term, term.HasStart, spelling == TextSpelling.Json ? TextState.Reading.Open : TextState.Reading.Ground, 0));

    internal (int Shortest, int Longest) Distances(Term term, bool start) => terms.Distances(term, start, MostDistances) ?? (0, int.MaxValue);

    internal TextState State(TextState.Place place)
    {
        if (spelling == TextSpelling.Json && !place.Start && (place.Term == Patterns.Terms.Anything || place.Reading == TextState.Reading.Closed) && this != _freeJson)
            return _freeJson.State(place);
        if (_states.TryGetValue(place, out TextState? known))
            return known;
        if (Interlocked.Increment(ref _count) > MostStates)
        {
            _states.Clear(); // those in use go on, and are made again for others
            Interlocked.Exchange(ref _count, 0);
        }
        return _states.GetOrAdd(place, static (made, lexer) => TextState.Make(lexer, made), this);
    }
}
