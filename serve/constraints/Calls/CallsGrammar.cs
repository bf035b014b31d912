using System.Text;
using MhcPipeline.Constraints.Lexing;
using MhcPipeline.Constraints.Parsing;
using MhcPipeline.Constraints.Patterns;

namespace MhcPipeline.Constraints.Calls;

/// <summary>Puts the grammar of an answer with calls together: text that is free of a call's beginning, then calls.</summary>
internal static class CallsGrammar
{
    /// <param name="calls">The text before each call's arguments, and their grammar.</param>
    /// <param name="marks">What begins a call, follows its arguments, and stands between two.</param>
    /// <param name="counts">Whether there has to be a call, and whether there may be several.</param>
    /// <param name="text">What an answer without calls is; null for any text.</param>
    /// <param name="terms">Makes the pattern of free text.</param>
    public static Node Build(
        IEnumerable<(string Head, Node Arguments)> calls, (string Begin, string Tail, string Separator) marks, (bool Required, bool Parallel) counts, Node? text, Terms terms)
    {
        var first = new ChoiceNode();
        var after = new ChoiceNode();
        after.Alternatives.Add(EndNode.Instance);
        if (counts.Parallel)
            after.Alternatives.Add(Literal(marks.Separator, first));
        foreach ((string head, Node arguments) in calls)
            first.Alternatives.Add(Literal(head, new CallNode(arguments, Literal(marks.Tail, after))));
        if (counts.Required)
            return first;
        var answer = new ChoiceNode();
        answer.Alternatives.Add(first);
        if (text is not null)
        {
            answer.Alternatives.Add(text);
            return answer;
        }
        var end = new ChoiceNode();
        end.Alternatives.AddRange([EndNode.Instance, first]);
        answer.Alternatives.Add(EndNode.Instance);
        answer.Alternatives.Add(new LexemeNode(new TextLexer(terms, TextSpelling.Plain).Start(PatternParser.Whole(terms, FreeOf(marks.Begin))), end));
        return answer;
    }

    /// <summary>
    /// The pattern of texts without a word whose first character occurs in it once: after each such character comes no other one that goes on
    /// with all the rest of the word.
    /// </summary>
    internal static string FreeOf(string word)
    {
        string first = Escape(word[0]);
        var after = new StringBuilder();
        for (int length = 1; length < word.Length; length++)
        {
            string begun = string.Concat(word[1..length].Select(Escape));
            after.Append(length > 1 ? "|" : "").Append(begun).Append("(?:[^").Append(first).Append(Escape(word[length])).Append("][^").Append(first).Append("]*)?");
        }
        return $"[^{first}]*(?:{first}(?:{after}))*";
    }

    private static Node Literal(string text, Node next) => new LexemeNode(new WordsLexeme([Encoding.UTF8.GetBytes(text)]).Start(), next);

    private static string Escape(char c) => char.IsAsciiLetterOrDigit(c) || c == '_' ? c.ToString() : $"\\u{(int)c:x4}";
}
