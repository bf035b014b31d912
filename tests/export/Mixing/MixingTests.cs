using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace MhcPipeline.Export.Tests.Mixing;

/// <summary>The mixing of a site and the head, in ONNX Runtime against double precision.</summary>
public sealed class MixingTests
{
    private const double Limit = 5e-6; // of the largest value; the reference cases allow 2e-5
    private const double SharpLimit = 1e-4; // a logit of 100 carries an error of 4e-6, and Sinkhorn's ratios multiply it

    public static TheoryData<int, int, double> Settings()
    {
        var data = new TheoryData<int, int, double>();
        foreach (int streams in Enumerable.Range(1, 8))
        {
            foreach (int iterations in new[] { 1, 2, 20, 50 })
            {
                data.Add(streams, iterations, 0);
                data.Add(streams, iterations, 1e-6);
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Every_number_of_streams_and_iterations_gives_the_formulas_values(int streams, int iterations, double eps) =>
        Assert.InRange(SiteErrors.Largest(new SiteCase { Streams = streams, Iterations = iterations, Eps = eps }), 0, Limit);

    [Theory]
    [InlineData(0)]
    [InlineData(1e-6)]
    [InlineData(1e-12)]
    [InlineData(1e-40)]
    public void Sharp_logits_neither_overflow_nor_lose_a_column(double eps)
    {
        for (int seed = 1; seed <= 5; seed++)
            Assert.InRange(SiteErrors.Largest(new SiteCase { Streams = 4, Eps = eps, LogitScale = 30, Tokens = 16, Seed = seed }), 0, SharpLimit);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-6)]
    public void Logits_of_hundreds_stay_finite_and_right(double eps) =>
        Assert.InRange(SiteErrors.Largest(new SiteCase { Streams = 4, Eps = eps, LogitScale = 300, Tokens = 16, Iterations = 2 }), 0, 10 * SharpLimit);

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.05)]
    public void A_large_eps_is_added_wherever_the_formulas_add_it(double eps) =>
        Assert.InRange(SiteErrors.Largest(new SiteCase { Streams = 4, Eps = eps }), 0, Limit);

    [Theory]
    [InlineData(1e4f)]
    [InlineData(1e-4f)]
    public void Streams_of_any_size_are_mixed_alike(float size) =>
        Assert.InRange(SiteErrors.Largest(new SiteCase { Streams = 4, InputSize = size }), 0, Limit);

    [Fact]
    public void Random_sites_give_the_formulas_values()
    {
        var sites = from streams in Gen.Choose(1, 8)
                    from hidden in Gen.Choose(1, 33)
                    from tokens in Gen.Choose(1, 5)
                    from iterations in Gen.Choose(1, 50)
                    from eps in Gen.Elements(0, 1e-9, 1e-6, 1e-3)
                    from scale in Gen.Choose(1, 50)
                    from seed in Gen.Choose(1, 1_000_000)
                    select new SiteCase { Streams = streams, Hidden = hidden, Tokens = tokens, Iterations = iterations, Eps = eps, LogitScale = 0.1f * scale, Seed = seed };
        Prop.ForAll(sites.ToArbitrary(), site => SiteErrors.Largest(site) <= 4 * Limit)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(20, 7));
    }
}
