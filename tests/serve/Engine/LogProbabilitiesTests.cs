using FsCheck;
using FsCheck.Fluent;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Engine.Sampling;
using Xunit;

namespace MhcPipeline.Serve.Tests.Engine;

public sealed class LogProbabilitiesTests
{
    private static readonly Arbitrary<float[]> _logits = Gen.Choose(-100_000, 100_000).Select(value => value / 100f).NonEmptyListOf().Select(list => list.ToArray()).ToArbitrary();

    [Fact]
    public void Probabilities_add_up_to_one() => Check.One(Config.QuickThrowOnFailure.WithReplay(1, 1), Prop.ForAll(_logits, logits =>
    {
        double logSum = LogProbabilities.LogSum(logits);
        return Math.Abs(logits.Sum(logit => Math.Exp(logit - logSum)) - 1) < 1e-9;
    }));

    [Fact]
    public void The_top_are_the_largest_in_order() => Check.One(Config.QuickThrowOnFailure.WithReplay(2, 1), Prop.ForAll(_logits, Gen.Choose(0, 20).ToArbitrary(), (logits, count) =>
    {
        TokenLogProb[] top = LogProbabilities.Top(logits, 0, count);
        IEnumerable<int> expected = Enumerable.Range(0, logits.Length).OrderByDescending(i => logits[i]).ThenBy(i => i).Take(count);
        return top.Select(token => token.TokenId).SequenceEqual(expected) && top.All(token => token.LogProb == logits[token.TokenId]);
    }));
}
