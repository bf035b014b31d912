using FsCheck;
using FsCheck.Fluent;
using MhcPipeline.Core;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Engine.Sampling;
using Xunit;

namespace MhcPipeline.Serve.Tests.Engine;

public sealed class SamplerTests
{
    private const int Vocab = 12;
    private static readonly Gen<float[]> _logits = Gen.Choose(-600, 600).Select(value => value / 100f).ArrayOf(Vocab);

    private static readonly Gen<SamplingOptions> _options =
        from temperature in Gen.Elements(0.3f, 0.7f, 1f, 2f)
        from topP in Gen.Elements(1f, 0.95f, 0.7f, 0.3f)
        from topK in Gen.Choose(0, Vocab + 1)
        from minP in Gen.Elements(0f, 0.05f, 0.3f)
        from repetition in Gen.Elements(1f, 1.3f, 0.8f)
        from presence in Gen.Elements(0f, 0.5f, -1f)
        from frequency in Gen.Elements(0f, 0.4f)
        select new SamplingOptions { Temperature = temperature, TopP = topP, TopK = topK, MinP = minP, RepetitionPenalty = repetition, PresencePenalty = presence, FrequencyPenalty = frequency, Seed = 1 };

    [Fact]
    public void Draws_follow_the_distribution_that_the_options_describe()
    {
        const int Draws = 3000;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(1, 1), Prop.ForAll((from logits in _logits from options in _options select (logits, options)).ToArbitrary(), item =>
        {
            int[] prompt = [0, 3, 3];
            double[] expected = SamplerReference.Distribution(item.logits, item.options, prompt, []);
            var counts = new int[Vocab];
            var workspace = new SamplingWorkspace(Vocab);
            for (int seed = 0; seed < Draws; seed++)
            {
                counts[new Sampler(item.options with { Seed = seed }, prompt, workspace).Next(item.logits)]++;
            }
            for (int token = 0; token < Vocab; token++)
            {
                double p = expected[token], tolerance = 5.5 * Math.Sqrt(Draws * p * (1 - p)) + 1;
                Assert.True(p > 0 || counts[token] == 0, $"token {token} was drawn, but must not be");
                Assert.InRange(counts[token], (Draws * p) - tolerance, (Draws * p) + tolerance);
            }
        }));
    }

    [Fact]
    public void Greedy_with_penalties_follows_the_reference_step_by_step() =>
        Check.One(Config.QuickThrowOnFailure.WithReplay(2, 1), Prop.ForAll((from logits in _logits from options in _options select (logits, options with { Temperature = 0 })).ToArbitrary(), item =>
        {
            var (logits, options) = item;
            int[] prompt = [1, 5];
            List<int> generated = [];
            var sampler = new Sampler(options, prompt, new SamplingWorkspace(Vocab));
            for (int step = 0; step < 8; step++)
            {
                double[] expected = SamplerReference.Distribution(logits, options, prompt, generated);
                int token = sampler.Next(logits);
                generated.Add(token);
                // Single and double precision may disagree on which of two equal scores is larger.
                if (expected[token] != 1)
                {
                    return NearTie(logits, options, prompt, generated, token, Array.IndexOf(expected, 1.0));
                }
            }
            return true;
        }));

    [Fact]
    public void The_logits_stay_as_they_are()
    {
        float[] logits = [1, 2, 3, 4];
        new Sampler(new SamplingOptions { Temperature = 1, TopK = 2, RepetitionPenalty = 2, Seed = 1 }, [3], new SamplingWorkspace(4)).Next(logits);
        Assert.Equal([1, 2, 3, 4], logits);
    }

    [Fact]
    public void Bias_forces_and_forbids_tokens()
    {
        var workspace = new SamplingWorkspace(4);
        float[] logits = [1, 2, 3, 4];
        Assert.Equal(0, new Sampler(new SamplingOptions { LogitBias = new Dictionary<int, float> { [0] = 100 } }, [], workspace).Next(logits));
        Assert.Equal(2, new Sampler(new SamplingOptions { LogitBias = new Dictionary<int, float> { [3] = -100 } }, [], workspace).Next(logits));
    }

    [Fact]
    public void A_tiny_top_p_is_greedy()
    {
        var sampler = new Sampler(new SamplingOptions { Temperature = 2, TopP = 1e-6f, Seed = 3 }, [], new SamplingWorkspace(4));
        Assert.All(Enumerable.Range(0, 50), _ => Assert.Equal(2, sampler.Next([1, 2, 3, 2])));
    }

    [Fact]
    public void Logits_far_beyond_what_exp_can_hold_are_sampled()
    {
        var sampler = new Sampler(new SamplingOptions { Temperature = 0.01f, Seed = 3 }, [], new SamplingWorkspace(3));
        Assert.Equal(1, sampler.Next([1e30f, 3e30f, -1e30f]));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Logits_that_are_not_numbers_are_a_clear_error(float broken)
    {
        var sampler = new Sampler(new SamplingOptions(), [], new SamplingWorkspace(3));
        PipelineException error = Assert.Throws<PipelineException>(() => sampler.Next([0, broken, 1]));
        Assert.Contains("logits", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void Selecting_the_heaviest_gives_what_sorting_gives(int mantissaBits) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(3, 1), Prop.ForAll((
            from bits in Gen.Choose(0, 127 << mantissaBits).NonEmptyListOf() // the upper bits of floats from 0 to 1, so that ties and buckets of all sizes come up
            from count in Gen.Choose(1, bits.Count)
            from part in Gen.Elements(0.1, 0.5, 0.9, double.PositiveInfinity)
            select (weights: bits.Select(upper => BitConverter.Int32BitsToSingle(upper << (23 - mantissaBits))).ToArray(), count, part)).ToArbitrary(), item =>
        {
            List<Candidate> expected = [];
            double all = item.weights.Sum(weight => (double)weight), mass = 0;
            foreach (Candidate candidate in item.weights.Select((weight, i) => new Candidate(i, weight)).Order())
            {
                // Where a sum ends exactly on the border, the order of addition decides.
                if (Math.Abs(mass - (item.part * all)) < 1e-9 * all)
                {
                    return true;
                }
                if (expected.Count == item.count || mass >= item.part * all)
                {
                    break;
                }
                expected.Add(candidate);
                mass += candidate.Weight;
            }
            return new HeaviestTokens(item.weights.Length).Select(item.weights, item.count, item.part).ToArray().Order().SequenceEqual(expected);
        }));

    [Fact]
    public void Choosing_allocates_nothing()
    {
        float[] logits = [.. Enumerable.Range(0, 1000).Select(i => MathF.Sin(i))];
        var workspace = new SamplingWorkspace(logits.Length);
        Sampler[] samplers = [.. new SamplingOptions[] { new(), new() { Temperature = 1, TopK = 40, TopP = 0.9f, LogitBias = new Dictionary<int, float> { [3] = 1 } }, new() { Temperature = 1, TopP = 0.9f, MinP = 0.01f }, new() { Temperature = 1 } }
            .Select(options => new Sampler(options with { Seed = 1 }, [], workspace))];
        Choose(10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Choose(100);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Choose(int tokens)
        {
            for (int i = 0; i < tokens; i++)
            {
                foreach (Sampler sampler in samplers)
                {
                    sampler.Next(logits);
                }
            }
        }
    }

    private static bool NearTie(float[] logits, SamplingOptions options, IReadOnlyList<int> prompt, List<int> generated, int chosen, int expected)
    {
        double[] soft = SamplerReference.Distribution(logits, options with { Temperature = 1, TopK = 0, TopP = 1, MinP = 0 }, prompt, generated[..^1]);
        return Math.Abs(soft[chosen] - soft[expected]) < 1e-4;
    }
}
