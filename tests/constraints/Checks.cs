using System.Text;

namespace MhcPipeline.Constraints.Tests;

/// <summary>What tests ask of a constraint.</summary>
internal static class Checks
{
    /// <summary>White space and any order of keys, as instances of others have them.</summary>
    public static CompileOptions Loose { get; } = new() { WhiteSpace = 4, KeyOrder = KeyOrder.Any };

    public static CompiledGrammar Compile(Constraint constraint, CompileOptions? options = null) => CompiledGrammar.Compile(constraint, SmallVocabulary.Instance, options);

    public static CompiledGrammar Schema(string schema, CompileOptions? options = null) => Compile(Constraint.JsonSchema(schema), options);

    public static bool Takes(CompiledGrammar grammar, string text)
    {
        Matcher matcher = grammar.CreateMatcher();
        return matcher.AcceptBytes(Encoding.UTF8.GetBytes(text)) && matcher.CanEnd;
    }

    /// <summary>An answer of tokens that the mask allows, chosen at random but for the end, which is taken as soon as it may be once the answer is long.</summary>
    /// <returns>Null where the answer did not end within the limit.</returns>
    public static string? Walk(CompiledGrammar grammar, Random random, int limit)
    {
        Matcher matcher = grammar.CreateMatcher();
        ulong[] mask = new ulong[grammar.Vocabulary.MaskLength];
        var bytes = new List<byte>();
        for (int step = 0; step < limit; step++)
        {
            matcher.Mask(mask);
            List<int> allowed = [.. Enumerable.Range(0, grammar.Vocabulary.Size).Where(id => (mask[id >> 6] & (1UL << id)) != 0)];
            if (allowed.Count == 0)
                throw new InvalidOperationException($"No token fits after {Encoding.UTF8.GetString([.. bytes])}.");
            // Closing characters win half of the time, so that answers end.
            int[] closing = [.. allowed.Where(id => id is '"' or '}' or ']')];
            int token = allowed.Contains(SmallVocabulary.End) && (step > limit / 4 || random.Next(3) == 0) ? SmallVocabulary.End
                : closing.Length > 0 && random.Next(2) == 0 ? closing[random.Next(closing.Length)]
                : allowed[random.Next(allowed.Count)];
            if (!matcher.Accept(token))
                throw new InvalidOperationException($"The mask allows token {token} after {Encoding.UTF8.GetString([.. bytes])}, the matcher does not.");
            if (token == SmallVocabulary.End)
                return Encoding.UTF8.GetString([.. bytes]);
            bytes.AddRange(grammar.Vocabulary.TokenBytes(token));
        }
        return null;
    }
}
