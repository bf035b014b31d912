using System.Text;

namespace MhcPipeline.Tokenization.Tests;

/// <summary>Lines of invented words, few of them frequent and many rare, with digits, punctuation and several scripts.</summary>
internal static class RandomText
{
    private static readonly string[] _syllables = ["the", "an", "ra", "ti", "on", "é", "日", "本", "ж", "ы", "😀", "st", "ing", "o", "u", "ne", "x"];

    public static IEnumerable<string> Lines(int count, int seed)
    {
        var random = new Random(seed);
        for (int line = 0; line < count; line++)
        {
            var text = new StringBuilder();
            for (int word = random.Next(12); word >= 0; word--)
            {
                int vocabularyWord = (int)(Math.Pow(random.NextDouble(), 3) * 5000);
                var spelling = new Random(vocabularyWord);
                for (int s = spelling.Next(4); s >= 0; s--)
                    text.Append(_syllables[spelling.Next(_syllables.Length)]);
                text.Append(random.Next(9) switch { 0 => ", ", 1 => $" {random.Next(100000)} ", 2 => "'s ", 3 => ". ", _ => " " });
            }
            yield return text.Append('\n').ToString();
        }
    }
}
