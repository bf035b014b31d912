using System.Text;
using MhcPipeline.Tokenization.Files;
using MhcPipeline.Tokenization.Pieces;

namespace MhcPipeline.Tokenization.Tests;

/// <summary>BPE training as its definition reads: counts every pair anew before every merge.</summary>
internal static class NaiveTrainer
{
    public static List<string> Train(IEnumerable<string> texts, int newTokens)
    {
        var words = new List<List<string>>();
        var splitter = new PieceSplitter(PiecePattern.Compile(PiecePattern.Text));
        foreach (string text in texts)
        {
            foreach ((int offset, int length) in splitter.PreTokenize(text))
                words.Add([.. Encoding.UTF8.GetBytes(text, offset, length).Select(b => ByteAlphabet.CharOf(b).ToString())]);
        }

        var ids = Enumerable.Range(0, 256).ToDictionary(b => ByteAlphabet.CharOf((byte)b).ToString(), b => b);
        var merges = new List<string>();
        while (ids.Count < 256 + newTokens)
        {
            var counts = new Dictionary<(string Left, string Right), int>();
            foreach (List<string> word in words)
            {
                for (int i = 0; i + 1 < word.Count; i++)
                    counts[(word[i], word[i + 1])] = counts.GetValueOrDefault((word[i], word[i + 1])) + 1;
            }
            if (counts.Count == 0 || counts.Values.Max() < 2)
                break;
            (string left, string right) = counts.OrderByDescending(pair => pair.Value).ThenBy(pair => ids[pair.Key.Left]).ThenBy(pair => ids[pair.Key.Right]).First().Key;
            merges.Add($"{left} {right}");
            ids.TryAdd(left + right, ids.Count);
            foreach (List<string> word in words)
            {
                for (int i = 0; i + 1 < word.Count; i++)
                {
                    if (word[i] == left && word[i + 1] == right)
                    {
                        word[i] += right;
                        word.RemoveAt(i + 1);
                    }
                }
            }
        }
        return merges;
    }
}
