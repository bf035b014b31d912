using System.Diagnostics;
using MhcPipeline.Export.Verification;

namespace MhcPipeline.Bench.Folds;

/// <summary>An exported model that takes a sequence of tokens, one by one or at once.</summary>
internal sealed class FoldSide(string name, OnnxModelRunner runner, int vocabulary, int tokens, bool oneByOne) : ISide
{
    private readonly long[] _ids = [.. Enumerable.Range(0, tokens).Select(i => (long)(i * 37 % vocabulary))];

    public string Name => name;

    /// <summary>The same model, given a prompt at once.</summary>
    public FoldSide WithPrompt(int prompt) => new(name, runner, vocabulary, prompt, oneByOne: false);

    public double Run(int steps)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++)
            _ = oneByOne ? runner.Decode(_ids, batch: 1) : runner.Prefill(_ids, batch: 1);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose() => runner.Dispose();
}
