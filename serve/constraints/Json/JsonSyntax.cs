using MhcPipeline.Constraints.Lexing;
using MhcPipeline.Constraints.Patterns;

namespace MhcPipeline.Constraints.Json;

/// <summary>The lexemes between values: without white space, or with at most so much at each place where JSON has it.</summary>
internal sealed class JsonSyntax
{
    /// <summary>Makes the lexemes.</summary>
    /// <param name="terms">Makes patterns.</param>
    /// <param name="whiteSpace">The most white space at one place, in characters.</param>
    /// <param name="anyOrder">Whether keys may come in any order.</param>
    public JsonSyntax(Terms terms, int whiteSpace, bool anyOrder)
    {
        AnyOrder = anyOrder;
        IsCompact = whiteSpace == 0;
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
