using MhcPipeline.Constraints.Vocabularies;

namespace MhcPipeline.Constraints;

/// <summary>Compiled grammars by their sources: those used last stay, as many as their number, their sources and what they hold allow. Safe for concurrent use.</summary>
/// <param name="vocabulary">The tokens of the model.</param>
/// <param name="maxGrammars">At most so many grammars.</param>
/// <param name="maxSource">At most so many characters of sources together.</param>
/// <param name="maxBytes">At most so many bytes of <see cref="CompiledGrammar.KeptBytes"/> together.</param>
public sealed class GrammarCache(Vocabulary vocabulary, int maxGrammars = 256, int maxSource = 8_000_000, long maxBytes = 512L << 20)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(Constraint, CompileOptions), LinkedListNode<CompiledEntry>> _known = [];
    private readonly LinkedList<CompiledEntry> _byUse = new();
    private long _size;

    /// <summary>How many grammars are kept.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _known.Count;
        }
    }

    /// <summary>The compiled grammar; compiled on the caller's thread if it is not kept. What fails is not kept.</summary>
    /// <param name="constraint">The constraint.</param>
    /// <param name="options">As for <see cref="CompiledGrammar.Compile"/>.</param>
    /// <param name="cancellation">Ends a compilation.</param>
    public CompiledGrammar Get(Constraint constraint, CompileOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(constraint);
        options ??= new CompileOptions();
        var key = (constraint, options);
        lock (_gate)
        {
            if (_known.TryGetValue(key, out LinkedListNode<CompiledEntry>? known))
            {
                _byUse.Remove(known);
                _byUse.AddFirst(known);
                Trim();
                return known.Value.Grammar;
            }
        }
        CompiledGrammar compiled = CompiledGrammar.Compile(constraint, vocabulary, options, cancellation);
        lock (_gate)
        {
            if (_known.TryGetValue(key, out LinkedListNode<CompiledEntry>? other))
                return other.Value.Grammar;
            _known[key] = _byUse.AddFirst(new CompiledEntry(constraint, options, compiled));
            _size += constraint.Source.Length;
            Trim();
        }
        return compiled;
    }

    // Grammars grow while they are used, so all are asked: at most some hundred numbers are read.
    private void Trim()
    {
        while (_byUse.Count > 1 && (_byUse.Count > maxGrammars || _size > maxSource || _byUse.Sum(entry => entry.Grammar.KeptBytes) > maxBytes))
        {
            CompiledEntry last = _byUse.Last!.Value;
            _byUse.RemoveLast();
            _known.Remove((last.Constraint, last.Options));
            _size -= last.Constraint.Source.Length;
        }
    }

    private sealed record CompiledEntry(Constraint Constraint, CompileOptions Options, CompiledGrammar Grammar);
}
