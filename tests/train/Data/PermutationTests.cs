using FsCheck;
using FsCheck.Fluent;
using MhcPipeline.Train.Data;
using Xunit;

namespace MhcPipeline.Train.Tests.Data;

public class PermutationTests
{
    [Fact]
    public void Every_number_comes_exactly_once_whatever_the_count() =>
        Prop.ForAll(Gen.Choose(1, 700).ToArbitrary(), ArbMap.Default.ArbFor<int>(), (count, seed) =>
        {
            Permutation order = new((ulong)seed, count);
            Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i), Enumerable.Range(0, count).Select(i => order[i]).Order());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(7, 11));

    [Fact]
    public void Seeds_give_different_orders()
    {
        Permutation one = new(1, 1000), two = new(2, 1000);
        Assert.InRange(Enumerable.Range(0, 1000).Count(i => one[i] == two[i]), 0, 20);
    }

    [Fact]
    public void Neighbours_are_torn_apart()
    {
        Permutation order = new(3, 10_000);
        double mean = Enumerable.Range(0, 9_999).Average(i => Math.Abs((double)(order[i + 1] - order[i])));
        Assert.InRange(mean, 3_000, 3_700); // a random order gives a third of the count
    }

    [Fact]
    public void Counts_beyond_32_bits_work()
    {
        Permutation order = new(5, 1L << 40);
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(i => order[i]).Where(value => value is >= 0 and < 1L << 40).Distinct().Count());
    }
}
