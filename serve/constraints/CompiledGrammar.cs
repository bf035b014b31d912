using System.Text.Json;
using MhcPipeline.Constraints.Calls;
using MhcPipeline.Constraints.Grammars;
using MhcPipeline.Constraints.Json;
using MhcPipeline.Constraints.Lexing;
using MhcPipeline.Constraints.Parsing;
using MhcPipeline.Constraints.Patterns;
using MhcPipeline.Constraints.Schemas;
using MhcPipeline.Constraints.Vocabularies;
using MhcPipeline.Core;

namespace MhcPipeline.Constraints;

/// <summary>A constraint, compiled for a vocabulary. One object serves all requests that use it; each has a <see cref="Matcher"/> of its own. Safe for concurrent use.</summary>
public sealed class CompiledGrammar
{
    private const int MostWhiteSpace = 100;

    private const int TermBytes = 500; // with what follows it, about

    private readonly Terms _terms;
    private readonly StateTable _states;

    private CompiledGrammar(Constraint constraint, Vocabulary vocabulary, Terms terms, StateTable states, SchemaReport report, SchemaValidator? validator)
    {
        _terms = terms;
        Constraint = constraint;
        Vocabulary = vocabulary;
        Report = report;
        Validator = validator;
        _states = states;
    }

    /// <summary>What was compiled.</summary>
    public Constraint Constraint { get; }

    /// <summary>The tokens that masks are about.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>What became of a schema's keywords; empty for other constraints.</summary>
    public SchemaReport Report { get; }

    /// <summary>Validates finished answers of a schema; null for other constraints.</summary>
    public SchemaValidator? Validator { get; }

    /// <summary>What it holds in memory by now, in bytes, about: it grows with the answers that come by, up to a limit.</summary>
    public long KeptBytes => (sizeof(char) * Constraint.Source.Length) + ((long)_terms.Count * TermBytes) + _states.KeptBytes;

    internal StateTable States => _states;

    /// <summary>Compiles a constraint.</summary>
    /// <param name="constraint">The constraint.</param>
    /// <param name="vocabulary">The tokens of the model.</param>
    /// <param name="options">Strictness, white space and limits; null for the defaults.</param>
    /// <param name="cancellation">Ends the compilation.</param>
    /// <exception cref="PipelineException">The constraint is malformed, impossible to fulfil, too large, or has what cannot be enforced; the message says where.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static CompiledGrammar Compile(Constraint constraint, Vocabulary vocabulary, CompileOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(constraint);
        ArgumentNullException.ThrowIfNull(vocabulary);
        options ??= new CompileOptions();
        if (constraint.Source.Length > options.MaxSource)
            throw new PipelineException($"The {Named(constraint.Kind)} has {constraint.Source.Length} characters; at most {options.MaxSource} are read.");
        return Within(options, cancellation, limited => CompileNow(constraint, vocabulary, options, limited));
    }

    private static CompiledGrammar CompileNow(Constraint constraint, Vocabulary vocabulary, CompileOptions options, CancellationToken cancellation)
    {
        CheckWhiteSpace(options);
        var terms = new Terms(options.MaxStates, cancellation);
        var limits = new ParseLimits(options.MaxDepth);
        SchemaReport report = SchemaReport.Empty;
        SchemaValidator? validator = null;
        Node root = Root(constraint, options.Strict);
        var states = new StateTable(root, limits);
        if (states.Start.IsLast && !states.Start.CanEnd)
            throw new PipelineException($"No text fulfils the {Named(constraint.Kind)}.");
        terms.Release();
        return new CompiledGrammar(constraint, vocabulary, terms, states, report, validator);

        Node Root(Constraint part, bool strict) => part.Kind switch
        {
            ConstraintKind.JsonSchema or ConstraintKind.JsonObject => Schema(part.Source, terms, options with { Strict = strict }, cancellation, out report, out validator),
            ConstraintKind.Pattern => Text(terms, PatternParser.Whole(terms, part.Source)),
            ConstraintKind.Choice => Choice(part.Source),
            ConstraintKind.Calls => Calls(part.CallSet!, strict),
            _ => GrammarParser.Parse(part.Source, terms),
        };

        Node Calls(CallSet set, bool strict) => CallsGrammar.Build(
            set.Calls.Select(call => (call.Head, Schema(call.Schema, terms, options with { Strict = call.Strict }, cancellation, out _, out _))),
            (set.Begin, set.Tail, set.Separator), (set.Required, set.Parallel), set.Text is { } text ? Root(text, strict) : null, terms);
    }

    /// <summary>What becomes of a schema, without compiling it to the end where something is refused.</summary>
    /// <param name="schema">The schema as JSON.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="PipelineException">The schema is malformed or impossible to fulfil.</exception>
    public static SchemaReport ReportOn(string schema, CompileOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new CompileOptions();
        if (schema.Length > options.MaxSource)
            throw new PipelineException($"The schema has {schema.Length} characters; at most {options.MaxSource} are read.");
        CheckWhiteSpace(options);
        return Within(options, cancellation, limited =>
        {
            Node? root = Build(schema, new Terms(options.MaxStates, limited), options, limited, out SchemaParser parser, out _);
            return root is null || parser.Occurrences.Count > 0 ? SchemaReport.Of(parser.Occurrences) : SchemaReport.Empty;
        });
    }

    private static T Within<T>(CompileOptions options, CancellationToken cancellation, Func<CancellationToken, T> work)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(options.MaxTime);
        try
        {
            return work(limited.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new PipelineException($"What the answer must be took longer than {options.MaxTime.TotalSeconds:0.###} s to compile; make it simpler: fewer alternatives that may hold together, shorter patterns.");
        }
    }

    /// <summary>A matcher at the beginning of an answer.</summary>
    public Matcher CreateMatcher() => new(this);

    private static Node Schema(string source, Terms terms, CompileOptions options, CancellationToken cancellation, out SchemaReport report, out SchemaValidator validator)
    {
        Node? root = Build(source, terms, options, cancellation, out SchemaParser parser, out Formula formula);
        report = SchemaReport.Of(parser.Occurrences);
        validator = new SchemaValidator(formula);
        foreach (KeywordReport keyword in report.Rest)
        {
            if (keyword.Status == KeywordStatus.Refused)
                throw new PipelineException($"The schema's keyword {keyword.Path} is not supported: {keyword.Note}");
            if (options.Strict)
                throw new PipelineException($"The schema's keyword {keyword.Path} cannot be enforced, as strict demands: {keyword.Note}. Leave it out, or ask without strict and have the answer validated.");
        }
        return root!;
    }

    private static Node? Build(string source, Terms terms, CompileOptions options, CancellationToken cancellation, out SchemaParser parser, out Formula formula)
    {
        using JsonDocument document = JsonSource.Read(source);
        var formulas = new Formulas();
        parser = new SchemaParser(document.RootElement.Clone(), terms, formulas, cancellation);
        formula = parser.Parse();
        if (parser.Occurrences.Exists(one => one.IsRefused))
            return null;
        return new SchemaCompiler(terms, formulas, JsonSyntax.Of(options.WhiteSpace, options.KeyOrder == KeyOrder.Any), parser.IntegersHaveNoPoint, cancellation).Compile(formula);
    }

    private static Node Text(Terms terms, Term term)
    {
        if (!terms.IsLive(term, term.HasStart))
            throw new PipelineException("No text matches the pattern.");
        var lexeme = new LexemeNode(new TextLexer(terms, TextSpelling.Plain).Start(term));
        if (!term.Matches(start: true, end: true))
            return lexeme;
        var either = new ChoiceNode();
        either.Alternatives.AddRange([lexeme, EndNode.Instance]);
        return either;
    }

    private static Node Choice(string source)
    {
        string[] texts = JsonSerializer.Deserialize<string[]>(source)!;
        if (texts.Length == 0 || Array.Exists(texts, string.IsNullOrEmpty))
            throw new PipelineException("A choice needs at least one text, and none that is empty.");
        return new LexemeNode(new WordsLexeme([.. texts.Select(System.Text.Encoding.UTF8.GetBytes)]).Start());
    }

    private static void CheckWhiteSpace(CompileOptions options)
    {
        if (options.WhiteSpace is < 0 or > MostWhiteSpace)
            throw new PipelineException($"White space of {options.WhiteSpace} characters at one place cannot be asked for; from 0 to {MostWhiteSpace} can.");
    }

    private static string Named(ConstraintKind kind) => kind switch
    {
        ConstraintKind.JsonSchema or ConstraintKind.JsonObject => "schema",
        ConstraintKind.Pattern => "pattern",
        ConstraintKind.Choice => "choice",
        ConstraintKind.Calls => "set of calls",
        _ => "grammar",
    };
}
