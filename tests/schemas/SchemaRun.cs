using System.Text;
using MhcPipeline.Constraints;
using MhcPipeline.Constraints.Vocabularies;
using MhcPipeline.Core;
using MhcPipeline.Tokenization;

namespace MhcPipeline.Schemas;

/// <summary>Feeds every instance of every schema through a compiled grammar, token by token, with a mask before each token.</summary>
internal sealed class SchemaRun(TextTokenizer tokenizer, Vocabulary vocabulary)
{
    // As instances stand in the files: keys in any order, a blank after commas and colons.
    private static readonly CompileOptions _options = new() { WhiteSpace = 8, KeyOrder = KeyOrder.Any, MaxTime = TimeSpan.FromMinutes(1) };

    private readonly ulong[] _mask = new ulong[vocabulary.MaskLength];

    /// <summary>Microseconds of this thread for each mask and the token after it.</summary>
    public List<float> Masks { get; } = [];

    public CaseResult Run(SchemaCase one)
    {
        double start = ThreadClock.Seconds;
        CompiledGrammar grammar;
        try
        {
            grammar = CompiledGrammar.Compile(Constraint.JsonSchema(one.Schema), vocabulary, _options);
        }
        catch (PipelineException error)
        {
            return new CaseResult(one, ThreadClock.Seconds - start, false, error.Message, 0, []);
        }
        double seconds = ThreadClock.Seconds - start;
        int first = Masks.Count;
        var wrong = new List<string>();
        foreach ((string text, bool isValid) in one.Instances)
        {
            string? refused;
            try
            {
                refused = Refused(grammar, text);
            }
            catch (PipelineException error)
            {
                wrong.Add($"ends with {error.Message}");
                continue;
            }
            if (isValid && refused is not null)
                wrong.Add($"refuses valid {refused}");
            else if (!isValid && refused is null)
                wrong.Add($"accepts invalid {text[..Math.Min(text.Length, 200)]}");
        }
        return new CaseResult(one, seconds, grammar.Report.IsEnforced, null, Masks.Skip(first).Sum(one => (double)one), wrong);
    }

    /// <summary>Where a text is refused; null where it is accepted.</summary>
    private string? Refused(CompiledGrammar grammar, string text)
    {
        Matcher matcher = grammar.CreateMatcher();
        var read = new StringBuilder();
        foreach (int token in tokenizer.Encode(text))
        {
            double start = ThreadClock.Seconds;
            matcher.Mask(_mask);
            bool allowed = (_mask[token >> 6] & (1UL << token)) != 0;
            bool accepted = matcher.Accept(token);
            Masks.Add((float)((ThreadClock.Seconds - start) * 1e6));
            if (allowed != accepted)
                throw new InvalidOperationException($"{grammar.Constraint.Source}: the mask and the matcher disagree about {tokenizer.Decode([token])} after {read}.");
            if (!accepted)
                return $"{read} >>> {tokenizer.Decode([token])}";
            read.Append(tokenizer.Decode([token]));
        }
        return matcher.CanEnd ? null : $"{read} >>> end";
    }
}
