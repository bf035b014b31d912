using System.Collections.Concurrent;
using MhcPipeline.Constraints.Lexing;
using MhcPipeline.Constraints.Patterns;

namespace MhcPipeline.Constraints.Json;

/// <summary>The lexemes between values: without white space, or with at most so much at each place where JSON has it.</summary>
internal sealed class JsonSyntax
{
    private const int MostKept = 64;

    private static readonly ConcurrentDictionary<(int, bool), JsonSyntax> _known = new();

    private JsonSyntax(int whiteSpace, bool anyOrder)
    {
        AnyOrder = anyOrder;
        IsCompact = whiteSpace == 0;
        var terms = new Terms(1_000, CancellationToken.None);
        var lexer = new TextLexer(terms, TextSpelling.Plain);
        Term space = terms.Loop(terms.Set(CodePoints.Of('\t', '\n', '\r', '\r', ' ', ' ')), 0, whiteSpace);
        OpenObject = After("{");
        OpenArray = After("[");
        CloseObject = Before("}");
        CloseArray = Before("]");
        Comma = Around(",");
        Colon = Around(":");

        LexState After(string text) => lexer.Start(terms.Sequence(terms.Text(text), space));
        LexState Before(string text) => lexer.Start(terms.Sequence(space, terms.Text(text)));
        LexState Around(string text) => lexer.Start(terms.Sequence(space, terms.Text(text), space));
    }

    /// <summary>The lexemes, which are the same for all schemas.</summary>
    /// <param name="whiteSpace">The most white space at one place, in characters.</param>
    /// <param name="anyOrder">Whether keys may come in any order.</param>
    public static JsonSyntax Of(int whiteSpace, bool anyOrder)
    {
        if (!_known.TryGetValue((whiteSpace, anyOrder), out JsonSyntax? known) && _known.Count < MostKept)
            known = _known.GetOrAdd((whiteSpace, anyOrder), static made => new JsonSyntax(made.Item1, made.Item2));
        return known ?? new JsonSyntax(whiteSpace, anyOrder);
    }

    /// <summary>Whether there is no white space.</summary>
    public bool IsCompact { get; }

    /// <summary>Whether keys may come in any order; else in the schema's, others after them.</summary>
    public bool AnyOrder { get; }

    public LexState OpenObject { get; }

    public LexState CloseObject { get; }

    public LexState OpenArray { get; }

    public LexState CloseArray { get; }

    public LexState Comma { get; }

    public LexState Colon { get; }
}
